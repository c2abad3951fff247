package dev.understudy.agent.rehearsal;

import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.RehearsalResult.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a rehearsal has found out so far. One failure makes it Failed, any doubt beside that makes
/// it Inconclusive, and only what has neither has passed.
final class Findings {
    private final List<String> failures = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, CheckResult> notHealthy = new LinkedHashMap<>();
    private int healthy;

    void failed(String reason) {
        failures.add(reason);
    }

    void doubt(String reason) {
        doubts.add(reason);
    }

    /// What people are to know whatever the verdict is.
    void note(String sentence) {
        notes.add(sentence);
    }

    /// Takes the results of one round of checks, made at `moment` (`after the patch` …).
    void checks(List<CheckResult> results, String moment) {
        int healthyNow = 0;
        for (CheckResult check : results) {
            if (check.health() == Health.HEALTHY) {
                healthyNow++;
                continue;
            }
            boolean isNew =
                    notHealthy.putIfAbsent(check.check() + " " + check.subject(), check) == null;
            String reason = "%s: %s".formatted(moment, check.detail());
            if (isNew && check.health() == Health.UNHEALTHY) {
                failed(reason);
            } else if (isNew) {
                doubt(reason);
            }
        }
        healthy = Math.max(healthy, healthyNow);
    }

    boolean hasFailed() {
        return !failures.isEmpty();
    }

    Verdict verdict() {
        if (!failures.isEmpty()) {
            return Verdict.FAILED;
        }
        return doubts.isEmpty() ? Verdict.PASSED : Verdict.INCONCLUSIVE;
    }

    /// Failures first, notes last.
    List<String> reasons() {
        List<String> reasons = new ArrayList<>(failures);
        reasons.addAll(doubts);
        reasons.addAll(notes);
        return reasons;
    }

    List<CheckResult> notHealthy() {
        return List.copyOf(notHealthy.values());
    }

    int healthy() {
        return healthy;
    }
}
