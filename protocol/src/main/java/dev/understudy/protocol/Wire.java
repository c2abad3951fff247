package dev.understudy.protocol;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The JSON of the wire: records by their component names, instants and durations as ISO-8601 text,
/// alternatives by a `type` member. Decoding is strict: what is missing, of a wrong type, out of
/// bounds or not UTF-8 is a [WireException]; members that are not known are ignored, so that an
/// older peer can talk to a newer one.
public final class Wire {
    /// No message of the protocol is larger, in bytes.
    public static final int LARGEST = 16 << 20;

    private static final Gson GSON = gson(RecordTypes.tolerant());
    private static final Gson EXACT = gson(RecordTypes.exact());

    private Wire() {}

    private static Gson gson(RecordTypes records) {
        return new GsonBuilder()
                .setStrictness(Strictness.STRICT)
                .disableHtmlEscaping()
                .registerTypeAdapterFactory(records)
                .registerTypeAdapterFactory(new SealedTypes())
                .registerTypeAdapter(boolean.class, strictBoolean())
                .registerTypeAdapter(Boolean.class, strictBoolean())
                .registerTypeAdapter(Instant.class, text(Instant::parse))
                .registerTypeAdapter(Duration.class, text(Duration::parse))
                .registerTypeAdapter(HostId.class, text(HostId::of))
                .registerTypeAdapter(OrderId.class, text(OrderId::of))
                .create();
    }

    public static byte[] encode(Object message) {
        return GSON.toJson(message).getBytes(StandardCharsets.UTF_8);
    }

    /// Encodes an alternative with its `type`, as it would be inside a record that has a component
    /// of the type `as`.
    public static <T> byte[] encode(T message, Class<T> as) {
        return GSON.toJson(message, as).getBytes(StandardCharsets.UTF_8);
    }

    public static <T> T decode(byte[] bytes, Class<T> type) throws WireException {
        return decode(bytes, type, GSON);
    }

    /// As [#decode], but a member that is not known is an error too: for files that people write,
    /// where it is a spelling mistake.
    public static <T> T decodeExactly(byte[] bytes, Class<T> type) throws WireException {
        return decode(bytes, type, EXACT);
    }

    private static <T> T decode(byte[] bytes, Class<T> type, Gson gson) throws WireException {
        if (bytes.length > LARGEST) {
            throw new WireException(
                    "a %s of %d bytes; at most %d are allowed"
                            .formatted(type.getSimpleName(), bytes.length, LARGEST));
        }
        try {
            String json =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            T message = gson.fromJson(json, type);
            if (message == null) {
                throw new WireException(
                        "an empty message where a %s was expected".formatted(type.getSimpleName()));
            }
            return message;
        } catch (CharacterCodingException e) {
            throw new WireException("not a %s: not UTF-8".formatted(type.getSimpleName()), e);
        } catch (RuntimeException | StackOverflowError e) {
            throw new WireException("not a %s: %s".formatted(type.getSimpleName(), root(e)), e);
        }
    }

    /// What the innermost parser said, which knows the value and where it stands.
    private static String root(Throwable thrown) {
        Throwable told = thrown;
        for (Throwable t = thrown.getCause(); t != null; t = t.getCause()) {
            if (t instanceof JsonParseException || !(told instanceof JsonParseException)) {
                told = t;
            }
        }
        return told.getMessage() == null ? told.getClass().getSimpleName() : told.getMessage();
    }

    /// `"yes"` is not a boolean: Gson's own adapter reads any text as false.
    private static TypeAdapter<Boolean> strictBoolean() {
        return new TypeAdapter<>() {
            @Override
            public void write(JsonWriter out, @Nullable Boolean value) throws IOException {
                out.value(value);
            }

            @Override
            public @Nullable Boolean read(JsonReader in) throws IOException {
                if (in.peek() == JsonToken.NULL) {
                    in.nextNull();
                    return null;
                }
                return in.nextBoolean();
            }
        };
    }

    private static <T> TypeAdapter<T> text(Function<String, T> parse) {
        return new TypeAdapter<>() {
            @Override
            public void write(JsonWriter out, @Nullable T value) throws IOException {
                out.value(value == null ? null : value.toString());
            }

            @Override
            public @Nullable T read(JsonReader in) throws IOException {
                if (in.peek() == JsonToken.NULL) {
                    in.nextNull();
                    return null;
                }
                String text = in.nextString();
                try {
                    return parse.apply(text);
                } catch (RuntimeException e) {
                    throw new JsonParseException(
                            "'%s' at %s is not valid: %s"
                                    .formatted(text, in.getPath(), e.getMessage()),
                            e);
                }
            }
        };
    }
}
