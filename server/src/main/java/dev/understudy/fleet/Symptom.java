package dev.understudy.fleet;

import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.ListeningSocket;
import dev.understudy.protocol.ServiceState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What can be seen to be worse on a host than before, written so that the same thing is called the
/// same on every host: `unit web.service`, `socket tcp 0.0.0.0:80`, `signal HighErrorRate`.
public final class Symptom {
    private static final Set<String> OF_UNITS = Set.of("unit", "failed unit", "crash loop");
    private static final Set<String> OF_ANSWERS = Set.of("http", "answer");

    /// From here on the kernel hands ports out by chance.
    private static final int BY_CHANCE = 32_768;

    private static final int LONGEST = 600;

    private Symptom() {}

    public static String unit(String name) {
        return "unit " + name;
    }

    /// What a monitoring system calls `kind`.
    public static String signal(String kind) {
        return "signal " + kind;
    }

    /// The symptoms that an apply's checks found. That a port does not answer says no more than
    /// that nobody listens there.
    public static Set<String> of(List<CheckResult> checks) {
        List<CheckResult> wrong =
                checks.stream().filter(c -> c.health() != CheckResult.Health.HEALTHY).toList();
        Set<String> silent =
                wrong.stream()
                        .filter(c -> c.check().equals("socket"))
                        .map(c -> c.subject().substring(c.subject().indexOf(' ') + 1))
                        .collect(Collectors.toSet());
        return wrong.stream()
                .filter(c -> !OF_ANSWERS.contains(c.check()) || !silent.contains(c.subject()))
                .map(c -> OF_UNITS.contains(c.check()) ? unit(c.subject()) : named(c))
                .map(text -> text.substring(0, Math.min(text.length(), LONGEST)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String named(CheckResult check) {
        return check.check() + " " + check.subject();
    }

    /// What is wrong in `now` and was not in `before`: units that failed or are started over and
    /// over, and sockets of services on which nobody listens any more. Pure.
    static Set<String> begun(Inventory before, Inventory now) {
        Set<String> begun = new TreeSet<>();
        Map<String, ServiceState> then = new HashMap<>();
        before.services().forEach(service -> then.put(service.unit(), service));
        for (ServiceState service : now.services()) {
            ServiceState earlier = then.get(service.unit());
            if (service.failing() && (earlier == null || !earlier.failing()) && !agents(service)) {
                begun.add(unit(service.unit()));
            }
        }
        Set<String> listening = listening(now);
        before.sockets().stream()
                .filter(socket -> socket.unit().endsWith(".service"))
                .filter(socket -> socket.port() < BY_CHANCE)
                .map(Symptom::socket)
                .filter(symptom -> !listening.contains(symptom))
                .forEach(begun::add);
        return begun;
    }

    /// Those of the symptoms that `now` does not show any more.
    static Set<String> ended(Set<String> open, Inventory now) {
        Set<String> failed =
                now.services().stream()
                        .filter(ServiceState::failing)
                        .map(service -> unit(service.unit()))
                        .collect(Collectors.toSet());
        Set<String> listening = listening(now);
        return open.stream()
                .filter(
                        symptom ->
                                symptom.startsWith("socket ")
                                        ? listening.contains(symptom)
                                        : !failed.contains(symptom))
                .collect(Collectors.toSet());
    }

    private static Set<String> listening(Inventory inventory) {
        return inventory.sockets().stream().map(Symptom::socket).collect(Collectors.toSet());
    }

    private static String socket(ListeningSocket socket) {
        return "socket %s %s:%d".formatted(socket.protocol(), socket.address(), socket.port());
    }

    private static boolean agents(ServiceState service) {
        return service.unit().startsWith("understudy-agent");
    }
}
