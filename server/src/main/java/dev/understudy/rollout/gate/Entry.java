package dev.understudy.rollout.gate;

import dev.understudy.protocol.HostId;
import java.util.List;

/// One line of the record from which a rollout's decisions can be made again. Strata count from 0,
/// waves from 1.
public sealed interface Entry {
    /// The symptom of hosts that are not heard of any more.
    String SILENCE = "silence";

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

    /// A symptom was compared between patched hosts and others, by the rate at which hosts fail by
    /// themselves. Where the cause is external the wave proves nothing.
    record Contrasted(
            int stratum, int wave, Contrast contrast, double harmless, Contrast.Cause cause)
            implements Entry {
        /// Whether the cause follows from the numbers.
        boolean follows() {
            return contrast.cause(harmless) == cause;
        }

        /// What it is put down to, with the numbers.
        public String sentence() {
            return cause(contrast.symptom().equals(SILENCE)) + contrast.sentence(harmless);
        }

        private String cause(boolean silence) {
            return switch (cause) {
                case PATCH -> "Counts against the patch. ";
                case EXTERNAL ->
                        silence
                                ? "Unpatched hosts are silent as well, so silent hosts are waited for. "
                                : "External cause, so the wave proves nothing. ";
            };
        }
    }

    /// Hosts that failed had got the patches of another rollout too: hosts that got only those are
    /// held against hosts that got only this rollout's.
    ///
    /// @param theirs whether it is put down to the other rollout; if not it counts against both
    record Shared(int stratum, int wave, String other, Contrast contrast, boolean theirs)
            implements Entry {
        /// Whether the cause follows from the numbers.
        boolean follows() {
            return contrast.worse() == theirs;
        }

        /// What it is put down to, with the numbers.
        public String sentence() {
            return "%s Of hosts with rollout %s only, %d of %d showed %s; of hosts with this one only, %d of %d."
                    .formatted(
                            theirs
                                    ? "Put down to rollout %s, which changed the host too."
                                            .formatted(other)
                                    : "Rollout %s changed the host too and nothing tells them apart: it counts against both."
                                            .formatted(other),
                            other,
                            contrast.patchedFailed(),
                            contrast.patched(),
                            contrast.symptom(),
                            contrast.controlFailed(),
                            contrast.control());
        }
    }

    /// An outage is over, and these hosts of the wave are judged anew by another soak.
    record SoaksAgain(int stratum, int wave, List<HostId> hosts) implements Entry {
        public SoaksAgain {
            hosts = List.copyOf(hosts);
        }
    }

    /// A person let the stratum go on where the test asked.
    record PersonAccepted(int stratum, int wave, String by) implements Entry {}

    enum Outcome {
        GOOD,
        FAILED,
        /// It had counted as good before.
        FAILED_LATER,
        /// It failed of something else than the patch.
        DISTURBED,
        /// Something else than the patch befell hosts of its wave, so that it fares well proves
        /// nothing; its failure would.
        LEFT_OUT
    }
}
