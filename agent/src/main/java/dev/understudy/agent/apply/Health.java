package dev.understudy.agent.apply;

import dev.understudy.agent.health.HealthChecks;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.protocol.CheckResult;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A comparison with the baseline: what is not as healthy as before, and how much is. What could
/// not be checked is not healthy.
record Health(List<CheckResult> wrong, int healthy) {
    static Health compare(HealthSample before, HealthSample after) {
        return of(HealthChecks.compare(before, after));
    }

    static Health of(List<CheckResult> checks) {
        List<CheckResult> wrong =
                checks.stream().filter(c -> c.health() != CheckResult.Health.HEALTHY).toList();
        return new Health(wrong, checks.size() - wrong.size());
    }

    /// The units that a check speaks of: itself, or what held the socket before.
    static Set<String> units(HealthSample before, CheckResult check) {
        return switch (check.check()) {
            case "unit", "failed unit", "crash loop" -> Set.of(check.subject());
            case "socket", "http", "answer" ->
                    before.sockets().stream()
                            .filter(socket -> !socket.unit().isEmpty())
                            .filter(
                                    socket ->
                                            check.subject()
                                                    .endsWith(
                                                            socket.address() + ":" + socket.port()))
                            .map(socket -> socket.unit())
                            .collect(Collectors.toSet());
            default -> Set.of();
        };
    }

    boolean good() {
        return wrong.isEmpty();
    }

    List<String> sentences() {
        return wrong.stream()
                .map(
                        check ->
                                check.detail().isBlank()
                                        ? "%s %s is %s"
                                                .formatted(
                                                        check.check(),
                                                        check.subject(),
                                                        check.health())
                                        : check.detail())
                .toList();
    }
}
