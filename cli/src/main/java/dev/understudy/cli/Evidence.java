package dev.understudy.cli;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// What a rehearsal found, for a person.
final class Evidence {
    private Evidence() {}

    static void print(Terminal terminal, Json rehearsal) {
        Json result = rehearsal.at("evidence");
        terminal.line("Verdict: %s", Words.code(rehearsal.text("verdict")));
        rehearsal.texts("reasons").forEach(reason -> terminal.line("  - %s", reason));
        if (result.present()) {
            terminal.line(
                    "Checks: %d healthy, %d not. Changes %d paths (%d below /etc). Undo left %d versions and %d paths different.",
                    result.number("healthyChecks"),
                    result.list("checks").size(),
                    result.number("changedPaths"),
                    result.list("configurationPaths").size(),
                    result.number("undoVersionsDiffering"),
                    result.list("undoPathsDiffering").size());
            result.list("checks")
                    .forEach(
                            check ->
                                    terminal.line(
                                            "  %s %s: %s. %s",
                                            check.text("check"),
                                            check.text("subject"),
                                            Words.code(check.text("health")),
                                            check.text("detail")));
            terminal.line("Time: %s", times(result.list("timings")));
        }
    }

    static String times(List<Json> timings) {
        return timings.stream()
                .map(
                        time ->
                                "%s %.1f s"
                                        .formatted(
                                                time.text("phase"),
                                                Duration.parse(time.text("took")).toMillis()
                                                        / 1000.0))
                .collect(Collectors.joining(", "));
    }
}
