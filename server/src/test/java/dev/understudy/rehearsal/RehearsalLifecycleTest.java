package dev.understudy.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.RehearsalResult.Verdict;
import dev.understudy.rehearsal.Rehearsal.Event;
import dev.understudy.rehearsal.Rehearsal.Loss;
import dev.understudy.rehearsal.Rehearsal.State;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RehearsalLifecycleTest {
    private static final RehearsalResult PASSED =
            new RehearsalResult(
                    Verdict.PASSED,
                    "0".repeat(64),
                    List.of(),
                    List.of(),
                    3,
                    10,
                    List.of(),
                    List.of(),
                    0,
                    List.of(),
                    0,
                    List.of());

    @ParameterizedTest(name = "{0} on {1} becomes {2}")
    @CsvSource({
        "Requested, Accepted,   Running",
        "Requested, Progressed, Running",
        "Requested, Reported,   Finished",
        "Requested, GaveUp,     Lost",
        "Running,   Accepted,   Running",
        "Running,   Progressed, Running",
        "Running,   Reported,   Finished",
        "Running,   GaveUp,     Lost",
        "Finished,  Accepted,   Finished",
        "Finished,  Progressed, Finished",
        "Finished,  Reported,   Finished",
        "Finished,  GaveUp,     Finished",
        "Lost,      Accepted,   Lost",
        "Lost,      Progressed, Lost",
        "Lost,      Reported,   Finished",
        "Lost,      GaveUp,     Lost"
    })
    void movesAsTheTableSays(String from, String event, String to) {
        assertThat(RehearsalLifecycle.next(state(from), event(event)).getClass().getSimpleName())
                .isEqualTo(to);
    }

    private static State state(String name) {
        return switch (name) {
            case "Requested" -> new State.Requested();
            case "Running" -> new State.Running("twin");
            case "Finished" -> new State.Finished(PASSED);
            default -> new State.Lost(Loss.EXPIRED, "expired");
        };
    }

    private static Event event(String name) {
        return switch (name) {
            case "Accepted" -> new Event.Accepted();
            case "Progressed" -> new Event.Progressed("checks");
            case "Reported" -> new Event.Reported(PASSED);
            default -> new Event.GaveUp(Loss.EXPIRED, "expired");
        };
    }
}
