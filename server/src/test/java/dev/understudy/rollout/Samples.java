package dev.understudy.rollout;

import dev.understudy.governance.Proof;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.risk.PatchId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// Values for the tests of this package.
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    static final Terms TERMS =
            new Terms(false, 1, 50, Duration.ofMinutes(5), RebootPolicy.WHEN_NEEDED, Proof.STRICT);
    static final RolloutId ROLLOUT = RolloutId.of("00000000-0000-0000-0000-00000000beef");

    private Samples() {}

    static PatchId patch(String source) {
        return new PatchId("bookworm", source, "2");
    }

    static HostPlan plan(String... sources) {
        return new HostPlan(
                Stream.of(sources)
                        .map(
                                source ->
                                        new HostPlan.Part(
                                                patch(source),
                                                List.of(
                                                        new PackageChange(
                                                                source, "amd64", "1", "2"))))
                        .toList(),
                false,
                "shape",
                List.of("ssh.service"));
    }

    static Deployment deployment(HostId host, int wave, Deployment.State state) {
        return new Deployment(ROLLOUT, host, plan("curl"), wave, 1, NOW, state);
    }

    static Rollout rollout(Rollout.State state) {
        return rollout(state, TERMS);
    }

    static Rollout rollout(Rollout.State state, Terms terms) {
        return new Rollout(
                ROLLOUT,
                "web",
                "security",
                new Selection.AllSecurity(),
                terms,
                "alice",
                false,
                NOW,
                NOW,
                state);
    }

    static ApplyResult applied(ApplyResult.Outcome outcome) {
        return new ApplyResult(
                outcome,
                "0".repeat(64),
                outcome == ApplyResult.Outcome.NOT_STARTED ? "" : "cp-1",
                outcome == ApplyResult.Outcome.IN_EFFECT ? List.of() : List.of("because"),
                List.of(),
                5,
                List.of(),
                outcome == ApplyResult.Outcome.NOT_IN_EFFECT ? List.of("kernel") : List.of(),
                List.of(),
                List.of());
    }

    static RestoreResult restored(boolean complete) {
        return new RestoreResult(
                complete,
                "cp-1",
                complete ? List.of() : List.of("a file differs"),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    static HostId host(int number) {
        return HostId.of("00000000-0000-0000-0000-%012d".formatted(number));
    }

    static OrderId order(int number) {
        return OrderId.of("00000000-0000-0000-0001-%012d".formatted(number));
    }

    static RehearsalResult rehearsed(
            RehearsalResult.Verdict verdict, Plan plan, String reason, List<PackageChange> extra) {
        return new RehearsalResult(
                verdict,
                plan.digest(),
                reason.isEmpty() ? List.of() : List.of(reason),
                List.of(),
                4,
                12,
                List.of(),
                extra,
                0,
                List.of(),
                1 << 20,
                List.of());
    }
}
