package dev.understudy.learning;

import dev.understudy.learning.Outcomes.Judged;
import dev.understudy.learning.PredictFailures.Figures;
import dev.understudy.learning.PredictFailures.Inputs;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment;
import dev.understudy.rollout.Deployments;
import dev.understudy.rollout.Rollout;
import dev.understudy.rollout.RolloutId;
import dev.understudy.rollout.Rollouts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Compares forecasts with what came of them, once their rollouts are over and the last hosts have
/// told. Whether any host fails is known where one did, whatever else was planned, and where all
/// hosts that took part were judged; a rollout that was stopped before either tells nothing.
final class ScoreForecasts {
    /// How long after a rollout's end its last hosts may tell.
    private static final Duration REST = Duration.ofMinutes(10);

    private final Database database;
    private final Forecasts forecasts;
    private final Outcomes outcomes;
    private final Deployments deployments;
    private final Rollouts rollouts;
    private final InstantSource clock;

    ScoreForecasts(Database database, Forecasts forecasts, Outcomes outcomes, InstantSource clock) {
        this.database = database;
        this.forecasts = forecasts;
        this.outcomes = outcomes;
        this.deployments = new Deployments(database);
        this.rollouts = new Rollouts(database);
        this.clock = clock;
    }

    void due() {
        forecasts
                .toScore(clock.instant().minus(REST))
                .forEach(rollout -> database.inTransaction(() -> score(rollout)));
    }

    private void score(RolloutId rollout) {
        Instant now = clock.instant();
        turnedBad(rollout, now);
        boolean stopped =
                rollouts.find(rollout)
                        .filter(each -> each.state() instanceof Rollout.State.Completed)
                        .isEmpty();
        forecasts.find(rollout).ifPresent(kept -> keep(kept, outcomes.of(rollout), stopped, now));
    }

    /// Hosts that had counted as well and turned out not to be; nobody tells of them.
    private void turnedBad(RolloutId rollout, Instant now) {
        Set<HostId> failed =
                outcomes.of(rollout).stream()
                        .filter(Judged::failed)
                        .map(Judged::host)
                        .collect(Collectors.toSet());
        for (Deployment d : deployments.of(rollout)) {
            if (!d.failure().isEmpty() && !failed.contains(d.host()) && d.plan() != null) {
                outcomes.judged(
                        rollout,
                        d.host(),
                        d.plan().patches(),
                        d.state().getClass().getSimpleName(),
                        true,
                        now);
            }
        }
    }

    private void keep(Forecasts.Kept kept, List<Judged> judged, boolean stopped, Instant now) {
        Set<HostId> hosts = judged.stream().map(Judged::host).collect(Collectors.toSet());
        Inputs inputs = Forecasts.only(kept.made(), hosts);
        Set<HostId> asked =
                kept.made().hosts().stream()
                        .flatMap(List::stream)
                        .filter(hosts::contains)
                        .collect(Collectors.toSet());
        int failed =
                (int)
                        judged.stream()
                                .filter(each -> asked.contains(each.host()) && each.failed())
                                .count();
        Inputs whole = failed > 0 ? kept.made().inputs() : inputs;
        Figures figures = PredictFailures.of(inputs);
        database.sql(
                        """
                        insert into learning.scores
                            (rollout, at, judged, failed, probability, flat, low, high)
                        values (:rollout, :at, :judged, :failed, :probability, :flat, :low, :high)
                        on conflict do nothing
                        """)
                .param("rollout", kept.rollout().value())
                .param("at", Stored.utc(now))
                .param("judged", failed > 0 || !stopped ? asked.size() : 0)
                .param("failed", failed)
                .param("probability", PredictFailures.of(whole).any())
                .param("flat", PredictFailures.flat(whole).any())
                .param("low", figures.low())
                .param("high", figures.high())
                .update();
    }
}
