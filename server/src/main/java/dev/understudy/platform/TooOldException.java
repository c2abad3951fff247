package dev.understudy.platform;

/// The database is further than this server can follow.
public final class TooOldException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    TooOldException(String message) {
        super(message);
    }
}
