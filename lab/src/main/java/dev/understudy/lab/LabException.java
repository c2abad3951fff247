package dev.understudy.lab;

/// A wish that the lab cannot fulfil, with a reason for the person who has it.
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LabException(String reason) {
        super(reason);
    }

    public LabException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
