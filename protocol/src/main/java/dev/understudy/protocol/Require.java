package dev.understudy.protocol;

import org.jspecify.annotations.Nullable;

/// Checks that the records of the wire apply to themselves, with messages that name the value.
final class Require {
    private Require() {}

    static String text(@Nullable String value, String name, int atMost) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return length(value, name, atMost);
    }

    static String length(@Nullable String value, String name, int atMost) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        if (value.length() > atMost) {
            throw new IllegalArgumentException(
                    "%s has %d characters; at most %d are allowed"
                            .formatted(name, value.length(), atMost));
        }
        return value;
    }

    static String matching(@Nullable String value, String name, String pattern) {
        if (value == null || !value.matches(pattern)) {
            throw new IllegalArgumentException(
                    "%s is not valid: '%s' (expected %s)".formatted(name, value, pattern));
        }
        return value;
    }

    static <T> T present(@Nullable T value, String name) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    static long atLeast(long value, long least, String name) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d; at least %d is expected".formatted(name, value, least));
        }
        return value;
    }
}
