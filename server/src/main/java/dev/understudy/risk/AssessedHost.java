package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.Orders;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Everything that ranking the patches of one host depends on, so that it can be replayed.
///
/// @param release as [dev.understudy.advisory.Releases] names it
/// @param findings what the host's shape is affected by
/// @param facts by CVE; one that is missing counts as unknown
/// @param firstSeen when each patch was first seen by this control plane
/// @param terms what sets its deadlines
record AssessedHost(
        String release,
        Exposure exposure,
        Criticality criticality,
        Inventory inventory,
        List<Finding> findings,
        Map<String, CveFacts> facts,
        Map<PatchId, Instant> firstSeen,
        DeadlineTerms terms) {

    /// By the order of the host's package manager; dpkg's where that order is not known, of which
    /// nothing is found then.
    MatchShape match() {
        return new MatchShape(
                Orders.of(inventory.capabilities().packageManager()).orElse(VersionOrder.DPKG));
    }

    CveFacts factsOf(String cve) {
        return facts.getOrDefault(cve, CveFacts.unknown(cve));
    }
}
