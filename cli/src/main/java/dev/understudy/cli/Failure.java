package dev.understudy.cli;

/// A command that ends without success: a sentence for the person and an exit code for the script.
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Something was refused or did not turn out well.
    static final int REFUSED = 1;

    /// The control plane could not be reached.
    static final int UNREACHABLE = 3;

    /// The answer is "no": a check that was asked for did not hold.
    static final int NEGATIVE = 4;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
