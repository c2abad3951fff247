package dev.understudy.advisory;

/// A feed that cannot be had or believed. The message is a sentence for people.
public final class FeedException extends Exception {
    private static final long serialVersionUID = 1L;

    public FeedException(String message) {
        super(message);
    }

    public FeedException(String message, Throwable cause) {
        super(message, cause);
    }
}
