package dev.understudy.rollout.gate;

import dev.understudy.protocol.HostId;

/// One line of the record from which a rollout's decisions can be made again. Strata count from 0,
/// waves from 1.
public sealed interface Entry {
    /// Which stratum it is about.
    int stratum();

    /// A wave begins: `hosts` of the stratum get the patch.
    record WaveBegan(int stratum, int wave, int hosts) implements Entry {}

    /// A host proved good or failed.
    ///
    /// @param sampled whether chance chose it; not so for canaries and hosts that people added
    /// @param why in the host's words; empty for a good one
    record Judged(int stratum, int wave, HostId host, boolean sampled, Outcome outcome, String why)
            implements Entry {}

    /// What the test asked for, with what it knew.
    record Decided(int stratum, int wave, int judged, int failed, Step step) implements Entry {}

    /// A person let the stratum go on where the test asked.
    record PersonAccepted(int stratum, int wave, String by) implements Entry {}

    enum Outcome {
        GOOD,
        FAILED,
        /// It had counted as good before.
        FAILED_LATER
    }
}
