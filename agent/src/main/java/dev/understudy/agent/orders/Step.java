package dev.understudy.agent.orders;

/// A point that an order reaches, written to the journal and onto the disk *before* what it names
/// is begun. After a crash the furthest one tells how to go on.
public enum Step {
    /// The host's files are being saved; nothing of the host has changed.
    CHECKPOINT,
    /// The owner's hook is about to take the host out of service.
    DRAIN,
    /// The package manager is about to be run on the host.
    INSTALL,
    /// The plan is wholly installed; processes are about to be restarted and the host to be
    /// checked.
    VERIFY,
    /// The host is about to be put back as the checkpoint has it.
    RESTORE,
    /// The owner's hook is about to take the host into service again.
    UNDRAIN,
    /// Units are about to be restarted.
    RESTART,
    /// The host is about to be rebooted.
    REBOOT;

    /// Whether the host may be different from before once this was reached.
    public boolean touchesHost() {
        return this != CHECKPOINT;
    }
}
