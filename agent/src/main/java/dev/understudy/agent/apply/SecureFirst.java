package dev.understudy.agent.apply;

import dev.understudy.agent.orders.Attempt;
import dev.understudy.protocol.ApplyResult.Outcome;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.Triage;
import dev.understudy.protocol.TriageOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The part of an apply that secures evidence before anything is changed, where that is asked for.
final class SecureFirst {
    private final ManagedHost host;
    private final Attempt attempt;
    private final OrderBody.Apply order;
    private @Nullable TriageOutcome here;

    SecureFirst(ManagedHost host, Attempt attempt, OrderBody.Apply order) {
        this.host = host;
        this.attempt = attempt;
        this.order = order;
    }

    /// Why nothing may be changed because no evidence could be secured; empty if it may.
    Optional<String> obstacle() throws InterruptedException {
        Triage wanted = order.triage();
        if (wanted == null) {
            return Optional.empty();
        }
        attempt.progress("triage", "evidence is secured before anything is changed");
        TriageOutcome outcome = host.evidence().secure(attempt.id(), order.plan(), wanted);
        here = outcome;
        return outcome instanceof TriageOutcome.Missing(String why) && !wanted.mayFail()
                ? Optional.of(
                        "no evidence could be secured, so nothing was changed: %s".formatted(why))
                : Optional.empty();
    }

    /// What came of it, also by an earlier process; null where it was not asked for, or nothing was
    /// begun.
    @Nullable TriageOutcome outcome(Outcome of) {
        if (order.triage() == null || here != null) {
            return here;
        }
        return host.evidence()
                .find(attempt.id())
                .orElse(
                        of == Outcome.NOT_STARTED
                                ? null
                                : new TriageOutcome.Missing("nothing was kept of it"));
    }
}
