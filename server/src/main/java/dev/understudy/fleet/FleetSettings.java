package dev.understudy.fleet;

import java.time.Duration;

/// How the control plane talks with its hosts.
///
/// @param poll how long an idle host waits between two check-ins, on average
/// @param busyPoll the same while the host has orders
/// @param lease for how long after a check-in a host may start an order that changes it; also the
///   longest time for which a host that is cut off can miss that the fleet was stopped
/// @param certificateLife how long a host's certificate is valid
public record FleetSettings(
        Duration poll, Duration busyPoll, Duration lease, Duration certificateLife) {
    /// No enrolment token lives longer.
    public static final Duration LONGEST_TOKEN_LIFE = Duration.ofDays(7);

    private static final Duration LONGEST_LEASE = Duration.ofMinutes(15);

    /// What fits most fleets.
    public static final FleetSettings STANDARD =
            new FleetSettings(
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(60),
                    Duration.ofDays(90));

    public FleetSettings {
        require(busyPoll.compareTo(Duration.ofMillis(100)) >= 0, "busyPoll", busyPoll, "≥ 100 ms");
        require(poll.compareTo(busyPoll) >= 0, "poll", poll, "≥ busyPoll, " + busyPoll);
        require(
                lease.compareTo(poll.multipliedBy(2)) >= 0,
                "lease",
                lease,
                "≥ two polls, so that one lost poll does not end it");
        require(
                lease.compareTo(LONGEST_LEASE) <= 0,
                "lease",
                lease,
                "≤ %s, so that a stop reaches hosts that are cut off".formatted(LONGEST_LEASE));
        require(
                certificateLife.compareTo(Duration.ofHours(1)) >= 0,
                "certificateLife",
                certificateLife,
                "≥ 1 hour");
    }

    private static void require(boolean good, String name, Duration value, String expected) {
        if (!good) {
            throw new IllegalArgumentException(
                    "The setting fleet.%s is %s; expected %s".formatted(name, value, expected));
        }
    }
}
