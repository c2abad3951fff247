package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import java.time.Instant;
import java.util.Map;

/// Everything that ranking the patches of one host depends on, so that it can be replayed.
///
/// @param facts by CVE; one that is missing counts as unknown
/// @param firstSeen when each patch was first seen by this control plane
/// @param terms what sets its deadlines
record AssessedHost(
        MatchedHost lacks,
        Exposure exposure,
        Criticality criticality,
        Map<String, CveFacts> facts,
        Map<PatchId, Instant> firstSeen,
        DeadlineTerms terms) {

    CveFacts factsOf(String cve) {
        return facts.getOrDefault(cve, CveFacts.unknown(cve));
    }
}
