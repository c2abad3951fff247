package dev.understudy.rollout;

import dev.understudy.rehearsal.Rehearsal;
import java.time.Duration;

/// How rollouts deal with time.
///
/// @param pickUp how long a host may take to take up an order
/// @param rehearsal how long a rehearsal may take, and its twin must stay healthy
/// @param limit how long an apply may take
/// @param hostSoak how long the agent watches a host after it was patched
/// @param offline a host that was not seen for so long is not planned for
/// @param debounce how long a change is let rest before an automatic rollout is planned
/// @param hearing how long unpatched hosts are waited for before a failure counts or a soak ends
/// @param refresh how old a host's package lists may be before they are fetched again
public record RolloutSettings(
        Duration pickUp,
        Rehearsal.Settings rehearsal,
        Duration limit,
        Duration hostSoak,
        Duration offline,
        Duration debounce,
        Duration hearing,
        Duration refresh) {
    /// What fits most fleets.
    public static final RolloutSettings USUAL =
            new RolloutSettings(
                    Duration.ofMinutes(10),
                    Rehearsal.Settings.USUAL,
                    Duration.ofMinutes(30),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(40),
                    Duration.ofHours(24));

    public RolloutSettings {
        for (Duration each : new Duration[] {pickUp, limit, offline, refresh}) {
            if (!each.isPositive()) {
                throw new IllegalArgumentException(
                        "a rollout setting is %s; expected more than no time".formatted(each));
            }
        }
    }

    /// The same with other limits for a rehearsal and for an apply.
    public RolloutSettings within(Duration rehearsalLimit, Duration applyLimit) {
        return new RolloutSettings(
                pickUp,
                new Rehearsal.Settings(rehearsal.soak(), rehearsalLimit),
                applyLimit,
                hostSoak,
                offline,
                debounce,
                hearing,
                refresh);
    }

    /// The same for hosts that check in so often.
    public RolloutSettings polled(Duration every) {
        return new RolloutSettings(
                pickUp,
                rehearsal,
                limit,
                hostSoak,
                offline,
                debounce,
                every.multipliedBy(2),
                refresh);
    }

    /// A host that took up an order and says nothing for so long is in doubt.
    Duration patience() {
        return pickUp.plus(limit).plus(limit);
    }
}
