package dev.understudy.agent.checkpoint;

/// A checkpoint could not be taken, or is not one. The host was not changed.
public final class CheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
