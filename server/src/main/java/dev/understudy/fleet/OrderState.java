package dev.understudy.fleet;

/// Where an order is.
public enum OrderState {
    /// Waits for the host's next check-in.
    QUEUED,
    /// Was given to the host at least once; the host has not answered yet.
    DELIVERED,
    /// The host verified it and has it in its journal.
    ACCEPTED,
    /// The host said its last word: see the report.
    ENDED,
    /// Ran out before the host was known to have accepted it.
    EXPIRED,
    /// Withdrawn by the control plane.
    CANCELLED;

    /// Whether more is to be expected from the host.
    public boolean open() {
        return switch (this) {
            case QUEUED, DELIVERED, ACCEPTED -> true;
            case ENDED, EXPIRED, CANCELLED -> false;
        };
    }
}
