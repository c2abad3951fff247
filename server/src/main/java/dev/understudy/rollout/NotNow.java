package dev.understudy.rollout;

import dev.understudy.platform.Problem;

/// What was asked for does not fit the state that the rollout or host is in.
public final class NotNow extends Problem {
    private static final long serialVersionUID = 1L;

    public NotNow(String message) {
        super(Kind.CONFLICT, "not-now", message);
    }
}
