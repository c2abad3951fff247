package dev.understudy.agent.twin;

/// A twin could not be made, booted or removed. The message says why, for the operator.
public final class TwinException extends Exception {
    private static final long serialVersionUID = 1L;

    public TwinException(String message) {
        super(message);
    }

    public TwinException(String message, Throwable cause) {
        super(message, cause);
    }
}
