package dev.understudy.risk.exposure;

import java.util.List;

/// What the index has to take in at once.
///
/// @param shapes, pendingSets those that hosts of this change have and the index may not know yet
/// @param ended ids of statements that are no longer in force
record IndexChange(
        List<Shape> shapes,
        List<PendingSet> pendingSets,
        List<Long> ended,
        List<Statement> begun,
        List<HostFacts> hosts) {
    IndexChange {
        shapes = List.copyOf(shapes);
        pendingSets = List.copyOf(pendingSets);
        ended = List.copyOf(ended);
        begun = List.copyOf(begun);
        hosts = List.copyOf(hosts);
    }

    boolean isNothing() {
        return ended.isEmpty() && begun.isEmpty() && hosts.isEmpty();
    }

    static IndexChange statements(List<Long> ended, List<Statement> begun) {
        return new IndexChange(List.of(), List.of(), ended, begun, List.of());
    }

    static IndexChange hosts(
            List<Shape> shapes, List<PendingSet> pendingSets, List<HostFacts> hosts) {
        return new IndexChange(shapes, pendingSets, List.of(), List.of(), hosts);
    }
}
