package dev.understudy.agent.apply;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.system.Units;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.RestoreResult;
import java.nio.file.Path;
import java.util.List;

/// What a [FakeHost] answers with.
final class FakeResults {
    private FakeResults() {}

    static Units.Unit service(String name, String active, String invocation) {
        return new Units.Unit(
                name, active, "", "enabled", "notify", "", 0, 7, invocation, true, false);
    }

    static HealthSample sample(String answer, Units.Unit... units) {
        return new HealthSample(
                true,
                true,
                List.of(units),
                List.of(),
                List.of(new HealthSample.Answer("127.0.0.1", 80, "nginx", answer)),
                List.of(),
                List.of(),
                List.of());
    }

    static RehearsalResult passed(Plan plan) {
        return new RehearsalResult(
                RehearsalResult.Verdict.PASSED,
                plan.digest(),
                List.of(),
                List.of(),
                1,
                1,
                List.of(),
                List.of(),
                0,
                List.of(),
                0,
                List.of());
    }

    static RestoreResult restored(String checkpoint, List<String> reasons) {
        return new RestoreResult(
                reasons.isEmpty(), checkpoint, reasons, List.of(), List.of(), List.of(), List.of());
    }

    record NoSystemd() implements Place {
        @Override
        public Output run(Command command) {
            throw new AssertionError("there is no systemd that could be told: " + command);
        }

        @Override
        public Path path(String absolute) {
            return Path.of("/nowhere" + absolute);
        }
    }
}
