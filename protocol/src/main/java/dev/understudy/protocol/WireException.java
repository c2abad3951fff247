package dev.understudy.protocol;

/// Bytes that are not what they should be. The message says what was expected and what came.
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }

    public WireException(String message, Throwable cause) {
        super(message, cause);
    }
}
