package dev.understudy.agent.apply;

import dev.understudy.agent.health.HealthChecks;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.protocol.CheckResult;
import java.util.List;

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
