package dev.understudy.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A JSON answer of the API, read by path: what is absent reads as empty, so that a newer command
/// line can talk to an older control plane.
record Json(JsonElement element) {
    private static final Gson PRETTY =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private static final Gson STRICT = new GsonBuilder().setStrictness(Strictness.STRICT).create();

    static Json parse(String text) {
        return new Json(
                text.isBlank() ? JsonNull.INSTANCE : STRICT.fromJson(text, JsonElement.class));
    }

    /// The element at a dotted path.
    Json at(String path) {
        JsonElement here = element;
        for (String name : path.split("\\.")) {
            if (!here.isJsonObject() || !here.getAsJsonObject().has(name)) {
                return new Json(JsonNull.INSTANCE);
            }
            here = here.getAsJsonObject().get(name);
        }
        return new Json(here);
    }

    boolean present() {
        return !element.isJsonNull();
    }

    /// The text at `path`; empty when there is none.
    String text(String path) {
        JsonElement found = at(path).element;
        if (found.isJsonNull()) {
            return "";
        }
        return found.isJsonPrimitive() ? found.getAsString() : found.toString();
    }

    long number(String path) {
        JsonElement found = at(path).element;
        try {
            return found.isJsonPrimitive() ? found.getAsLong() : 0;
        } catch (NumberFormatException e) {
            throw unexpected(path, "a number");
        }
    }

    boolean flag(String path) {
        JsonElement found = at(path).element;
        return found.isJsonPrimitive() && found.getAsBoolean();
    }

    Optional<Instant> instant(String path) {
        String text = text(path);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            throw unexpected(path, "a time");
        }
    }

    /// The duration at `path`, which has to be there.
    Duration duration(String path) {
        try {
            return Duration.parse(text(path));
        } catch (DateTimeParseException e) {
            throw unexpected(path, "a duration");
        }
    }

    private Failure unexpected(String path, String what) {
        return new Failure(
                Failure.UNREACHABLE,
                "The answer's %s is '%s', not %s. Is it the control plane?"
                        .formatted(path, text(path), what));
    }

    /// The elements of the array at `path`.
    List<Json> list(String path) {
        JsonElement found = at(path).element;
        List<Json> all = new ArrayList<>();
        if (found instanceof JsonArray array) {
            array.forEach(one -> all.add(new Json(one)));
        }
        return all;
    }

    /// The elements of a list that was asked for: an answer without one is not an empty list.
    List<Json> items() {
        if (!at("items").element.isJsonArray()) {
            throw new Failure(
                    Failure.UNREACHABLE,
                    "The answer is no list. Is it the control plane? It begins with: %.100s"
                            .formatted(element));
        }
        return list("items");
    }

    /// The texts of the array at `path`.
    List<String> texts(String path) {
        return list(path).stream().map(Json::asText).toList();
    }

    String asText() {
        return element.isJsonPrimitive() ? element.getAsString() : element.toString();
    }

    String pretty() {
        return PRETTY.toJson(element);
    }

    JsonObject object() {
        return element.getAsJsonObject();
    }
}
