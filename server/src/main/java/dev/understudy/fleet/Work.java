package dev.understudy.fleet;

/// What a host can be begun with.
public enum Work {
    /// On the host's twin: counts against capacity only.
    REHEARSAL,
    APPLY,
    REBOOT,
    /// Putting a host back keeps to the quorum of its HA group and to nothing else: it is no help
    /// to leave a bad patch where it is.
    RESTORE
}
