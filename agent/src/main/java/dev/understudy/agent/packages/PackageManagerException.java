package dev.understudy.agent.packages;

/// The package manager failed, was locked for too long, or said what could not be understood.
public final class PackageManagerException extends Exception {
    private static final long serialVersionUID = 1L;

    public PackageManagerException(String message) {
        super(message);
    }

    public PackageManagerException(String message, Throwable cause) {
        super(message, cause);
    }
}
