package dev.understudy.fleet;

import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Wire messages as the database keeps them. What cannot be read back was written by another
/// version of the program, or changed by hand: a fault, never skipped.
final class Stored {
    private Stored() {}

    static <T> String json(T message, Class<T> as) {
        return new String(Wire.encode(message, as), StandardCharsets.UTF_8);
    }

    static <T> T get(String json, Class<T> type) {
        try {
            return Wire.decode(json.getBytes(StandardCharsets.UTF_8), type);
        } catch (WireException e) {
            throw new IllegalStateException(
                    "the database holds a %s that cannot be read: %s"
                            .formatted(type.getSimpleName(), e.getMessage()),
                    e);
        }
    }

    static <T> @Nullable T find(@Nullable String json, Class<T> type) {
        return json == null ? null : get(json, type);
    }
}
