package dev.understudy.agent.packages;

/// The package manager failed, was locked for too long, or said what could not be understood.
public final class PackageManagerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean killed;

    public PackageManagerException(String message) {
        this(message, false);
    }

    PackageManagerException(String message, boolean killed) {
        super(message);
        this.killed = killed;
    }

    public PackageManagerException(String message, Throwable cause) {
        super(message, cause);
        this.killed = false;
    }

    /// Whether somebody else killed it (a person, the kernel for want of memory): then its failure
    /// says nothing of the packages.
    public boolean wasKilled() {
        return killed;
    }
}
