package dev.understudy.advisory;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A feed that cannot be had or believed. The message is a sentence for people.
public final class FeedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final @Nullable Duration retryAfter;

    public FeedException(String message) {
        this(message, (Throwable) null);
    }

    public FeedException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = null;
    }

    FeedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /// How long the feed's server asks to be left alone.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
