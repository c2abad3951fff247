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

    /// Its last eight digits: enough to tell it from others, and short enough to be typed.
    public String brief() {
        String whole = toString();
        return whole.substring(whole.length() - 8);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
