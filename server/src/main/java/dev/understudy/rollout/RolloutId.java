package dev.understudy.rollout;

import java.util.UUID;

/// The identity of a rollout.
public record RolloutId(UUID value) {
    public static RolloutId random() {
        return new RolloutId(UUID.randomUUID());
    }

    public static RolloutId of(String text) {
        return new RolloutId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
