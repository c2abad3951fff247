package dev.understudy.fleetsim.policy;

/// A way to patch a fleet.
interface Way {
    String name();

    /// Whether it is one of ours, to be compared with those that are not.
    boolean ours();

    Practice start(Simulation fleet);
}
