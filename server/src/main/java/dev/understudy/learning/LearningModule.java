package dev.understudy.learning;

import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Subscriptions;
import java.time.Duration;
import java.time.InstantSource;

/// The parts of this module, put together.
public final class LearningModule {
    private final Forecasts forecasts;
    private final Calibration calibration;
    private final FollowOutcomes follow;
    private final ScoreForecasts score;

    public LearningModule(Database database, InstantSource clock) {
        Outcomes outcomes = new Outcomes(database);
        this.forecasts = new Forecasts(database, outcomes, clock);
        this.calibration = new Calibration(database);
        this.follow = new FollowOutcomes(outcomes, forecasts, clock);
        this.score = new ScoreForecasts(database, forecasts, outcomes, clock);
    }

    public Forecasts forecasts() {
        return forecasts;
    }

    public Calibration calibration() {
        return calibration;
    }

    /// Subscribes to what rollouts tell.
    public void subscribe(Subscriptions subscriptions) {
        follow.subscribe(subscriptions);
    }

    /// Names the job that scores forecasts.
    public void schedule(Jobs jobs) {
        jobs.every("learning-score", Duration.ofMinutes(1), this::scoreDue);
    }

    /// Scores the forecasts of rollouts that have been over for a while.
    public void scoreDue() {
        score.due();
    }
}
