package dev.understudy.fleetsim.policy;

/// A way of patching at work on a fleet. It is told of what happens, and acts through the
/// [Simulation].
interface Practice {
    void published(Version version);

    /// A host shows that the version which it has broke it.
    void failed(int host, Version version);
}
