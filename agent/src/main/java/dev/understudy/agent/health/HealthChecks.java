package dev.understudy.agent.health;

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

/// Samples the health of a place and compares two samples.
public final class HealthChecks {
    /// Where the owner puts probes, on the host and so also in its twin.
    public static final String PROBES = "/etc/understudy/probes.d";

    private static final Duration SETTLE = Duration.ofSeconds(30);

    private HealthChecks() {}

    /// Samples now, once systemd has finished what it is starting. One sample cannot tell a service
    /// that will crash in a second: sample again after a soak.
    public static HealthSample sample(Place place) throws InterruptedException {
        return sample(place, PROBES);
    }

    static HealthSample sample(Place place, String probesFolder) throws InterruptedException {
        List<String> unreadable = new ArrayList<>();
        boolean settled = Units.settle(place, SETTLE);
        var units = Units.list(place);
        if (units.isEmpty() && Units.available(place)) {
            unreadable.add("systemd does not answer");
        }
        List<ListeningSocket> sockets = Sockets.listening(new Proc(place));
        Conversations conversations = new Conversations(place);
        List<HealthSample.Answer> answers = conversations.withListeners(sockets);
        unreadable.addAll(conversations.problems());
        return new HealthSample(
                units.isPresent(),
                settled,
                units.orElse(List.of()),
                sockets,
                answers,
                packageProblems(place, unreadable),
                new OwnerProbes(place, probesFolder).run(),
                unreadable);
    }

    /// Everything that was well before and whether it still is, one check each; nothing that was
    /// not well before is held against the change.
    public static List<CheckResult> compare(HealthSample before, HealthSample after) {
        return new Comparison(before, after).results();
    }

    private static List<String> packageProblems(Place place, List<String> unreadable)
            throws InterruptedException {
        try {
            return new Apt(place, AptSettings.ofHost()).inconsistencies();
        } catch (PackageManagerException e) {
            unreadable.add("the package database cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    static boolean isHost(Place place) {
        return place instanceof LiveHost;
    }
}
