package dev.understudy.agent.link;

/// The control plane could not be reached, is not the one it should be, or answered what cannot be
/// used. Nothing was changed; trying again later is safe.
public final class LinkException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean unwelcome;

    public LinkException(String message) {
        this(message, false);
    }

    LinkException(String message, boolean unwelcome) {
        super(message);
        this.unwelcome = unwelcome;
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
        this.unwelcome = false;
    }

    /// Whether the control plane says that it does not want this host (revoked, retired): then
    /// there is no use in asking often.
    public boolean unwelcome() {
        return unwelcome;
    }
}
