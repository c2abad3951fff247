package dev.understudy.rollout.gate;

/// What the test of one stratum asks for next.
public sealed interface Step {
    /// Too many failed.
    record Halt() implements Step {}

    /// The patch has proved itself; the rest may have it.
    record Accept() implements Step {}

    /// `hosts` more of the sample, in a random order, are to get the patch.
    record Sample(int hosts, int target) implements Step {}

    /// No sample that the limit allows can settle it: a person has to.
    record Ask() implements Step {}
}
