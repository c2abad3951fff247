package dev.understudy.rollout;

/// What was asked for does not fit the state that the rollout or host is in.
public final class NotNow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotNow(String message) {
        super(message);
    }
}
