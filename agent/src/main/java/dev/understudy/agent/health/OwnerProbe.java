package dev.understudy.agent.health;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A probe that the owner of the host wrote, one per JSON file.
sealed interface OwnerProbe {
    /// `{"type": "http", "url": "http://127.0.0.1:8080/health", "status": "2xx"}`
    record Http(URI url, String status) implements OwnerProbe {}

    /// `{"type": "tcp", "host": "127.0.0.1", "port": 5432}`
    record Tcp(String host, int port) implements OwnerProbe {}

    /// `{"type": "unit", "unit": "nginx.service"}`
    record Unit(String unit) implements OwnerProbe {}

    /// `{"type": "script", "path": "/etc/understudy/probes.d/shop", "seconds": 10}`
    record Script(String path, Duration limit) implements OwnerProbe {}

    /// @throws IllegalArgumentException saying what is wrong with which value
    static OwnerProbe parse(String json) {
        JsonObject object = object(json);
        return switch (text(object, "type", null, "http|tcp|unit|script")) {
            case "http" -> {
                only(object, Set.of("type", "url", "status"));
                yield new Http(
                        url(text(object, "url", null, "https?://[!-{}~]{1,1000}")),
                        text(object, "status", "2xx", "[1-5]([0-9]{2}|xx)"));
            }
            case "tcp" -> {
                only(object, Set.of("type", "host", "port"));
                yield new Tcp(
                        text(object, "host", "127.0.0.1", "[0-9a-zA-Z.:-]{1,253}"),
                        number(object, "port", null, 1, 65_535));
            }
            case "unit" -> {
                only(object, Set.of("type", "unit"));
                yield new Unit(
                        text(object, "unit", null, "[a-zA-Z0-9][a-zA-Z0-9:_.@\\\\-]{0,254}"));
            }
            case String script -> {
                only(object, Set.of("type", "path", "seconds"));
                String folder = HealthChecks.PROBES + "/";
                yield new Script(
                        text(object, "path", null, folder + "[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,127}"),
                        Duration.ofSeconds(number(object, "seconds", 30, 1, 600)));
            }
        };
    }

    private static JsonObject object(String json) {
        try {
            JsonReader reader = new JsonReader(new StringReader(json));
            reader.setStrictness(Strictness.STRICT);
            JsonObject object = new JsonObject();
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (object.has(name)) {
                    throw new IllegalArgumentException("'%s' is there twice".formatted(name));
                }
                object.add(name, value(reader, name));
            }
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IllegalArgumentException("there is more after the closing brace");
            }
            return object;
        } catch (IOException | IllegalStateException | JsonParseException e) {
            throw new IllegalArgumentException("it is not a JSON object: " + e.getMessage(), e);
        }
    }

    private static JsonElement value(JsonReader reader, String name) throws IOException {
        return switch (reader.peek()) {
            case STRING -> new JsonPrimitive(reader.nextString());
            case NUMBER -> {
                String number = reader.nextString();
                if (!number.matches("-?[0-9]{1,18}")) {
                    throw new IllegalArgumentException(
                            "'%s' is %s; a whole number is expected".formatted(name, number));
                }
                yield new JsonPrimitive(Long.parseLong(number));
            }
            default ->
                    throw new IllegalArgumentException(
                            "'%s' must be a text or a whole number".formatted(name));
        };
    }

    private static void only(JsonObject object, Set<String> names) {
        for (String name : object.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "'%s' is not known here; expected %s".formatted(name, names));
            }
        }
    }

    private static String text(
            JsonObject object, String name, @Nullable String usual, String pattern) {
        JsonElement value = object.get(name);
        if (value == null && usual != null) {
            return usual;
        }
        if (value == null || !value.getAsJsonPrimitive().isString()) {
            throw new IllegalArgumentException("'%s' must be a text".formatted(name));
        }
        if (!value.getAsString().matches(pattern)) {
            throw new IllegalArgumentException(
                    "'%s' is '%s'; expected %s".formatted(name, value.getAsString(), pattern));
        }
        return value.getAsString();
    }

    private static int number(
            JsonObject object, String name, @Nullable Integer usual, int least, int most) {
        JsonElement value = object.get(name);
        if (value == null && usual != null) {
            return usual;
        }
        if (value == null || !value.getAsJsonPrimitive().isNumber()) {
            throw new IllegalArgumentException("'%s' must be a number".formatted(name));
        }
        long number = value.getAsLong();
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "'%s' is %d; expected %d to %d".formatted(name, number, least, most));
        }
        return (int) number;
    }

    private static URI url(String text) {
        URI url = URI.create(text);
        if (url.getHost() == null) {
            throw new IllegalArgumentException("'url' is '%s'; it names no host".formatted(text));
        }
        if (url.getPort() > 65_535) {
            throw new IllegalArgumentException(
                    "'url' is '%s'; there is no port %d".formatted(text, url.getPort()));
        }
        return url;
    }
}
