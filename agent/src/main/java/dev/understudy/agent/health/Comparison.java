package dev.understudy.agent.health;

import static dev.understudy.protocol.CheckResult.Health.HEALTHY;
import static dev.understudy.protocol.CheckResult.Health.UNHEALTHY;
import static dev.understudy.protocol.CheckResult.Health.UNKNOWN;

import dev.understudy.agent.health.HealthSample.Answer;
import dev.understudy.agent.health.HealthSample.Probed;
import dev.understudy.agent.system.Sockets;
import dev.understudy.agent.system.Units.Unit;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.ListeningSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Holds a sample against an earlier one. Pure.
final class Comparison {
    /// Ports that the kernel hands out by chance: a service that took one gets another next time.
    private static final Sockets.Ephemeral BY_CHANCE = new Sockets.Ephemeral(32_768, 60_999);

    private final HealthSample before;
    private final HealthSample after;
    private final List<CheckResult> results = new ArrayList<>();

    Comparison(HealthSample before, HealthSample after) {
        this.before = before;
        this.after = after;
    }

    List<CheckResult> results() {
        // Not known before and after is not the same as well before and after.
        Stream.concat(before.unreadable().stream(), after.unreadable().stream())
                .distinct()
                .forEach(problem -> add("sample", "place", UNKNOWN, problem));
        units();
        sockets();
        answers();
        packages();
        probes();
        return List.copyOf(results);
    }

    /// Whether a service that runs in the twin does not listen yet where it does on the host.
    static boolean isLate(HealthSample host, HealthSample twin) {
        Set<String> running =
                twin.units().stream()
                        .filter(unit -> unit.active().equals("active"))
                        .map(Unit::name)
                        .collect(Collectors.toSet());
        return host.sockets().stream()
                .filter(socket -> running.contains(socket.unit()))
                .anyMatch(there -> twin.sockets().stream().noneMatch(s -> takesOver(there, s)));
    }

    private void units() {
        if (before.systemd() && !after.systemd()) {
            add("unit", "systemd", UNKNOWN, "systemd answered before and does not now");
            return;
        }
        if (before.settled() && !after.settled()) {
            add("unit", "systemd", UNHEALTHY, "systemd does not finish what it is starting");
        }
        Map<String, Unit> then = new HashMap<>();
        before.units().forEach(unit -> then.put(unit.name(), unit));
        Map<String, Unit> now = new HashMap<>();
        after.units().forEach(unit -> now.put(unit.name(), unit));
        for (Unit unit : before.units()) {
            if (unit.active().equals("active") && !unit.passing() && !isAgents(unit)) {
                wasActive(unit, now);
            }
        }
        for (Unit unit : after.units()) {
            Unit earlier = then.get(unit.name());
            boolean wasActive = earlier != null && earlier.active().equals("active");
            boolean failedBefore = earlier != null && earlier.failed();
            if (unit.failed()
                    && !failedBefore
                    && !wasActive
                    && !unit.passing()
                    && !isAgents(unit)) {
                add(
                        "failed unit",
                        unit.name(),
                        UNHEALTHY,
                        "%s failed (%s); it had not before".formatted(unit.name(), unit.result()));
            }
        }
    }

    /// The agent is the one who compares. That it was killed meanwhile, and started again by
    /// systemd, says nothing of the change.
    private static boolean isAgents(Unit unit) {
        return unit.name().startsWith("understudy-agent");
    }

    private void wasActive(Unit unit, Map<String, Unit> units) {
        Unit now = units.get(unit.name());
        if (now == null) {
            add("unit", unit.name(), UNHEALTHY, unit.name() + " was active and is gone");
        } else if (crashed(unit, now)) {
            add(
                    "crash loop",
                    unit.name(),
                    UNHEALTHY,
                    "systemd had to restart %s by itself (%d times)"
                            .formatted(unit.name(), now.restarts()));
        } else if (now.active().equals("active") || now.active().equals("reloading")) {
            add("unit", unit.name(), HEALTHY, unit.name() + " is active as before");
        } else if (endedByItself(now)) {
            add("unit", unit.name(), HEALTHY, unit.name() + " is at rest until it is needed");
        } else {
            add(
                    "unit",
                    unit.name(),
                    UNHEALTHY,
                    "%s was active and is %s (%s, %s)"
                            .formatted(unit.name(), now.active(), now.sub(), now.result()));
        }
    }

    /// A start by hand sets the count back to zero, so a count that is not zero and not the same
    /// run's was reached since.
    private static boolean crashed(Unit then, Unit now) {
        return now.restarts() > 0
                && (now.restarts() != then.restarts()
                        || !now.invocation().equals(then.invocation()));
    }

    private static boolean endedByItself(Unit now) {
        boolean clean = now.active().equals("inactive") && now.result().equals("success");
        return clean && (now.onDemand() || now.oneshot());
    }

    private void sockets() {
        for (ListeningSocket socket : before.sockets()) {
            if (!ofService(socket)) {
                continue;
            }
            String subject =
                    "%s %s:%d".formatted(socket.protocol(), socket.address(), socket.port());
            String holder = holder(socket);
            if (after.sockets().stream().anyMatch(now -> takesOver(socket, now))) {
                add("socket", subject, HEALTHY, holder + " listens there as before");
            } else {
                add(
                        "socket",
                        subject,
                        UNHEALTHY,
                        "%s listened on %s and nothing does now".formatted(holder, subject));
            }
        }
    }

    /// Where there is systemd, what a login session listens on is the session's own affair.
    private boolean ofService(ListeningSocket socket) {
        return !before.systemd()
                || socket.unit().endsWith(".service")
                || socket.unit().equals("init.scope");
    }

    private static boolean takesOver(ListeningSocket then, ListeningSocket now) {
        boolean byChance = BY_CHANCE.contains(then.port()) && !then.process().isEmpty();
        boolean samePort = then.port() == now.port();
        boolean otherOfSameProcess =
                byChance && BY_CHANCE.contains(now.port()) && then.process().equals(now.process());
        return then.protocol().equals(now.protocol())
                && then.address().equals(now.address())
                && (samePort || otherOfSameProcess);
    }

    private void answers() {
        for (Answer then : before.answers()) {
            if (then.answer().equals("silent") || then.answer().startsWith("refused")) {
                continue;
            }
            String subject = "%s:%d".formatted(then.address(), then.port());
            String check = then.answer().startsWith("http") ? "http" : "answer";
            Answer now =
                    after.answers().stream()
                            .filter(a -> a.address().equals(then.address()))
                            .filter(a -> a.port() == then.port())
                            .findFirst()
                            .orElse(null);
            if (now == null) {
                boolean listens = after.sockets().stream().anyMatch(s -> s.port() == then.port());
                add(
                        check,
                        subject,
                        listens ? UNKNOWN : UNHEALTHY,
                        "%s answered '%s' before and %s now"
                                .formatted(
                                        who(then),
                                        then.answer(),
                                        listens ? "could not be asked" : "does not listen"));
            } else {
                add(
                        check,
                        subject,
                        asGood(then.answer(), now.answer()) ? HEALTHY : UNHEALTHY,
                        "%s answered '%s' before and '%s' now"
                                .formatted(who(then), then.answer(), now.answer()));
            }
        }
    }

    /// The unit or process that held the socket.
    private static String holder(ListeningSocket socket) {
        if (!socket.unit().isEmpty()) {
            return socket.unit();
        }
        return socket.process().isEmpty() ? "a process" : socket.process();
    }

    /// Whose answer it is, and where: `nginx.service on 0.0.0.0:80`.
    private String who(Answer answer) {
        String where = "%s:%d".formatted(answer.address(), answer.port());
        return before.sockets().stream()
                .filter(s -> s.port() == answer.port() && s.address().equals(answer.address()))
                .findFirst()
                .map(socket -> holder(socket) + " on " + where)
                .orElse(where);
    }

    /// The same kind of answer; for HTTP the same class of status, or a better one.
    static boolean asGood(String then, String now) {
        int classThen = statusClass(then);
        int classNow = statusClass(now);
        if (classThen > 0) {
            return classNow > 0 && classNow <= Math.max(classThen, 2);
        }
        return then.equals(now);
    }

    private static int statusClass(String answer) {
        return answer.matches("https? [1-5][0-9]{2}")
                ? answer.charAt(answer.indexOf(' ') + 1) - '0'
                : 0;
    }

    private void packages() {
        List<String> fresh =
                after.packageProblems().stream()
                        .filter(problem -> !before.packageProblems().contains(problem))
                        .toList();
        if (fresh.isEmpty()) {
            add("packages", "database", HEALTHY, "the package database is as sound as before");
        }
        fresh.forEach(problem -> add("packages", "database", UNHEALTHY, problem));
    }

    private void probes() {
        Map<String, Probed> then = new HashMap<>();
        before.probes().forEach(probe -> then.put(probe.file(), probe));
        for (Probed probe : after.probes()) {
            Probed earlier = then.remove(probe.file());
            boolean failedBefore = earlier != null && earlier.health() != HEALTHY;
            if (probe.health() == UNHEALTHY && failedBefore) {
                add(
                        "probe",
                        probe.file(),
                        UNKNOWN,
                        "it failed before as well, so it proves nothing: " + probe.detail());
            } else {
                add("probe", probe.file(), probe.health(), probe.detail());
            }
        }
        then.keySet().forEach(file -> add("probe", file, UNKNOWN, "the probe's file is gone"));
    }

    private void add(String check, String subject, Health health, String detail) {
        results.add(new CheckResult(check, subject, health, detail));
    }
}
