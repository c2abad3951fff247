package dev.understudy.learning;

import dev.understudy.platform.Subscriptions;
import dev.understudy.rollout.CulpritsFound;
import dev.understudy.rollout.DeploymentEnded;
import dev.understudy.rollout.RolloutEnded;
import dev.understudy.rollout.RolloutHalted;
import java.time.InstantSource;
import java.util.Set;

/// Takes what rollouts tell into the outcomes. Hosts of which nothing is known for certain, such as
/// those that were left out, are no outcome.
final class FollowOutcomes {
    private static final String NAME = "learning-outcomes";
    private static final Set<String> GOOD = Set.of("Done", "NotInEffect");
    static final Set<String> BAD =
            Set.of("FailedInTwin", "Restored", "Broken", "Unhealthy", "Silent");

    private final Outcomes outcomes;
    private final Forecasts forecasts;
    private final InstantSource clock;

    FollowOutcomes(Outcomes outcomes, Forecasts forecasts, InstantSource clock) {
        this.outcomes = outcomes;
        this.forecasts = forecasts;
        this.clock = clock;
    }

    void subscribe(Subscriptions subscriptions) {
        subscriptions.on(DeploymentEnded.class, NAME, this::ended);
        subscriptions.on(
                CulpritsFound.class,
                NAME,
                told ->
                        outcomes.blamed(
                                told.rollout(), told.host(), told.quarantined(), clock.instant()));
        subscriptions.on(RolloutEnded.class, NAME, told -> forecasts.ended(told.rollout()));
        subscriptions.on(RolloutHalted.class, NAME, told -> forecasts.ended(told.rollout()));
    }

    private void ended(DeploymentEnded told) {
        if (GOOD.contains(told.state()) || BAD.contains(told.state())) {
            outcomes.judged(
                    told.rollout(),
                    told.host(),
                    told.patches(),
                    told.state(),
                    BAD.contains(told.state()),
                    clock.instant());
        }
    }
}
