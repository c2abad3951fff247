package dev.understudy.agent.apply;

import dev.understudy.agent.hooks.Hooks;
import dev.understudy.agent.orders.Attempt;
import dev.understudy.agent.orders.Step;
import dev.understudy.protocol.ApplyResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes the host out of service for an order, by its owner's hooks, and back at the order's end,
/// however that comes: the journal says that a drain was begun before it is, so an agent that was
/// killed meanwhile brings the host back when it is started again.
final class Drain {
    /// A hook that ends the agent each time is not tried for ever.
    private static final int MOST_UNDRAINS = 8;

    private final Hooks hooks;
    private final Attempt attempt;
    private boolean begun;

    Drain(ManagedHost host, Attempt attempt) {
        this.hooks = host.hooks();
        this.attempt = attempt;
        this.begun = attempt.earlier(Step.DRAIN).isPresent();
    }

    /// Whether the owner wants the host out of service while it is changed.
    boolean wanted() {
        return hooks.present();
    }

    /// Whether the host may be out of service because of this order.
    boolean begun() {
        return begun;
    }

    /// Takes the host out of service where its owner wants that.
    ///
    /// @return why it is not out of service; empty if it is, or need not be
    Optional<String> out() throws InterruptedException {
        if (!wanted()) {
            return Optional.empty();
        }
        attempt.progress("drain", "");
        attempt.reach(Step.DRAIN, "");
        begun = true;
        return hooks.drain(attempt.id());
    }

    /// Takes the host into service again if this order took it out.
    ///
    /// @return why it is not in service; empty if it is, or was not taken out
    Optional<String> back() throws InterruptedException {
        if (!begun) {
            return Optional.empty();
        }
        if (attempt.timesReached(Step.UNDRAIN) >= MOST_UNDRAINS) {
            return Optional.of(
                    "the host was to be taken into service %d times, and the agent was interrupted each time"
                            .formatted(MOST_UNDRAINS));
        }
        attempt.progress("undrain", "");
        attempt.reach(Step.UNDRAIN, "");
        return hooks.undrain(attempt.id());
    }

    /// What came of an apply, once the host is in service again. A host that stays out of it needs
    /// a person, whatever came of the plan.
    ApplyResult inService(ApplyResult result, Clues clues) throws InterruptedException {
        Optional<String> out = back();
        if (out.isEmpty()) {
            return result;
        }
        List<String> reasons = new ArrayList<>(List.of(out.get()));
        reasons.addAll(result.reasons());
        reasons.add("the plan itself ended as " + result.outcome());
        clues.ofHost(out.get());
        return new ApplyResult(
                ApplyResult.Outcome.BROKEN,
                result.planDigest(),
                result.checkpoint(),
                reasons,
                result.checks(),
                result.healthyChecks(),
                result.stale(),
                result.rebootReasons(),
                result.timings(),
                clues.all());
    }
}
