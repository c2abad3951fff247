package dev.understudy.governance;

/// What an operator may do; each role includes the ones before it.
public enum Role {
    /// Read everything.
    VIEWER,
    /// Rehearse, import feeds, prepare rollouts, stop the fleet.
    OPERATOR,
    /// Approve, halt, roll back, lift a quarantine or a stop.
    APPROVER,
    /// Policies, tokens, enrolment, retiring hosts.
    ADMIN;

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
