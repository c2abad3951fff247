package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.CanaryCoverage;
import dev.understudy.rollout.gate.Fingerprint;
import org.jspecify.annotations.Nullable;

/// A host that is to get its patches, as the order of hosts looks at it.
///
/// @param criticality a higher one matters more; from 2 on it is high or very high
/// @param release what it runs, such as `bookworm`
/// @param haGroup its HA group; null for none
/// @param afterOthers whether it comes after other candidates
/// @param rehearsed whether its own rehearsal passed
/// @param lossPerDay its hazard per day without the patches, times its relative loss
record Candidate(
        HostId host,
        int criticality,
        String release,
        Fingerprint fingerprint,
        @Nullable String haGroup,
        boolean afterOthers,
        boolean rehearsed,
        double lossPerDay) {
    static final int HIGH = 2;
    static final int VERY_HIGH = 3;

    Candidate(
            HostId host,
            int criticality,
            String release,
            Fingerprint fingerprint,
            @Nullable String haGroup) {
        this(host, criticality, release, fingerprint, haGroup, false, false, 0);
    }

    CanaryCoverage.Candidate<HostId> canary() {
        return new CanaryCoverage.Candidate<>(host, criticality, fingerprint, haGroup, rehearsed);
    }
}
