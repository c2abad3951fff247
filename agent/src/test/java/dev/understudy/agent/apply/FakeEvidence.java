package dev.understudy.agent.apply;

import dev.understudy.agent.triage.Evidence;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Triage;
import dev.understudy.protocol.TriageOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Evidence in memory; securing it is an effect on the host.
final class FakeEvidence implements Evidence {
    boolean fails;
    private final Consumer<String> effect;
    private final Map<OrderId, TriageOutcome> kept = new HashMap<>();

    FakeEvidence(Consumer<String> effect) {
        this.effect = effect;
    }

    @Override
    public TriageOutcome secure(OrderId order, Plan plan, Triage wanted) {
        if (fails) {
            return new TriageOutcome.Missing("the disk is full");
        }
        effect.accept("secure evidence");
        return kept.computeIfAbsent(
                order, _ -> new TriageOutcome.Kept("/t/" + order, "0".repeat(64), 1000, List.of()));
    }

    @Override
    public Optional<TriageOutcome> find(OrderId order) {
        return Optional.ofNullable(kept.get(order));
    }
}
