package dev.understudy.rollout;

import dev.understudy.protocol.HostId;

/// A host's place in the order of a certified rollout.
///
/// @param stratum which of the certificate's strata, from 0
record Draw(HostId host, int stratum, Role role, int place) {
    enum Role {
        /// Chosen because of what it runs; speaks for itself only.
        CANARY,
        /// Chosen by chance; speaks for the stratum.
        SAMPLE,
        /// Too critical to be tried on; comes last.
        SPARED
    }
}
