package dev.understudy.agent.health;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.Apt;
import dev.understudy.agent.packages.AptSettings;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.system.Proc;
import dev.understudy.agent.system.Sockets;
import dev.understudy.agent.system.Units;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.ListeningSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Samples the health of a place and compares two samples.
public final class HealthChecks {
    /// Where the owner puts probes, on the host and so also in its twin.
    public static final String PROBES = "/etc/understudy/probes.d";

    private static final Duration SETTLE = Duration.ofSeconds(30);

    /// How long a service that was just started may take until it listens and answers.
    private static final Duration GRACE = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofMillis(250);

    private HealthChecks() {}

    /// Samples now, once systemd has finished what it is starting. One sample cannot tell a service
    /// that will crash in a second: sample again after a soak.
    public static HealthSample sample(Place place) throws InterruptedException {
        return sample(place, List.of(), PROBES);
    }

    /// As [#sample(Place)], to be compared with the sample of `before`.
    public static HealthSample sampleAgain(Place place, HealthSample before)
            throws InterruptedException {
        List<String> active =
                before.units().stream()
                        .filter(unit -> unit.active().equals("active"))
                        .map(Units.Unit::name)
                        .toList();
        return sample(place, active, PROBES);
    }

    /// As [#sampleAgain], right after services were restarted: systemd calls many of them started
    /// before they listen.
    ///
    /// @return the first sample in which nothing that was well `before` is unhealthy, else the last
    ///   one within the grace that services have
    public static HealthSample sampleAfterRestart(Place place, HealthSample before)
            throws InterruptedException {
        return sampleOnce(place, before, now -> !isWorse(before, now));
    }

    /// As [#sampleAgain], of a twin that was just booted, beside a sample of its host.
    ///
    /// @return the first sample in which every service that runs listens where it does on the host,
    ///   else the last one within the grace that services have
    public static HealthSample sampleAfterBoot(Place twin, HealthSample host)
            throws InterruptedException {
        return sampleOnce(twin, host, now -> !Comparison.isLate(host, now));
    }

    private static HealthSample sampleOnce(
            Place place, HealthSample before, Predicate<HealthSample> ready)
            throws InterruptedException {
        long end = System.nanoTime() + GRACE.toNanos();
        HealthSample now = sampleAgain(place, before);
        while (!ready.test(now) && System.nanoTime() < end) {
            Thread.sleep(PAUSE);
            now = sampleAgain(place, before);
        }
        return now;
    }

    private static boolean isWorse(HealthSample before, HealthSample now) {
        return compare(before, now).stream()
                .anyMatch(check -> check.health() == CheckResult.Health.UNHEALTHY);
    }

    /// @param alsoUnits whose state is to be known even if they are at rest
    static HealthSample sample(Place place, List<String> alsoUnits, String probesFolder)
            throws InterruptedException {
        // All of these mostly wait, and none is in another's way.
        try (Background<PackageProblems> packages =
                Background.start("package-checks", () -> packageProblems(place))) {
            boolean settled = Units.settle(place, SETTLE);
            try (Background<Optional<List<Units.Unit>>> listing =
                    Background.start("unit-checks", () -> Units.awake(place, alsoUnits))) {
                List<String> unreadable = new ArrayList<>();
                List<ListeningSocket> sockets = Sockets.listening(new Proc(place), unreadable);
                Conversations conversations = new Conversations(place);
                List<HealthSample.Answer> answers = conversations.withListeners(sockets);
                Optional<List<Units.Unit>> units = listing.get();
                if (units.isEmpty() && Units.available(place)) {
                    unreadable.add("systemd does not answer");
                }
                unreadable.addAll(conversations.problems());
                PackageProblems problems = packages.get();
                unreadable.addAll(problems.unreadable());
                return new HealthSample(
                        units.isPresent(),
                        settled,
                        units.orElse(List.of()),
                        sockets,
                        answers,
                        problems.found(),
                        new OwnerProbes(place, probesFolder).run(),
                        unreadable);
            }
        }
    }

    /// Everything that was well before and whether it still is, one check each; nothing that was
    /// not well before is held against the change.
    public static List<CheckResult> compare(HealthSample before, HealthSample after) {
        return new Comparison(before, after).results();
    }

    /// What is wrong with the package database, and why that cannot be told.
    private record PackageProblems(List<String> found, List<String> unreadable) {}

    private static PackageProblems packageProblems(Place place) throws InterruptedException {
        try {
            return new PackageProblems(
                    new Apt(place, AptSettings.ofHost()).inconsistencies(), List.of());
        } catch (PackageManagerException e) {
            return new PackageProblems(
                    List.of(), List.of("the package database cannot be read: " + e.getMessage()));
        }
    }

    static boolean isHost(Place place) {
        return place instanceof LiveHost;
    }
}
