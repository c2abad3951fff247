package dev.understudy.protocol;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes the records of a sealed interface with a `type` member that holds the record's simple
/// name, and reads back only names that the interface permits.
final class SealedTypes implements TypeAdapterFactory {

    @Override
    public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
        Class<?> sealed = type.getRawType();
        if (!sealed.isInterface() || !sealed.isSealed()) {
            return null;
        }
        Map<String, Class<?>> permitted =
                Arrays.stream(sealed.getPermittedSubclasses())
                        .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
        return new TypeAdapter<>() {
            @Override
            public void write(JsonWriter out, @Nullable T value) throws IOException {
                if (value == null) {
                    out.nullValue();
                    return;
                }
                JsonObject tagged = new JsonObject();
                tagged.addProperty("type", value.getClass().getSimpleName());
                gson.toJsonTree(value, value.getClass())
                        .getAsJsonObject()
                        .asMap()
                        .forEach(tagged::add);
                gson.toJson(tagged, out);
            }

            @Override
            @SuppressWarnings("unchecked")
            public T read(JsonReader in) throws IOException {
                JsonElement element = JsonParser.parseReader(in);
                if (!element.isJsonObject() || !element.getAsJsonObject().has("type")) {
                    throw new JsonParseException(
                            "a %s without a type".formatted(sealed.getSimpleName()));
                }
                String name = element.getAsJsonObject().get("type").getAsString();
                Class<?> chosen = permitted.get(name);
                if (chosen == null) {
                    throw new JsonParseException(
                            "'%s' is not a kind of %s".formatted(name, sealed.getSimpleName()));
                }
                return (T) gson.fromJson(element, chosen);
            }
        };
    }
}
