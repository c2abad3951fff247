package dev.understudy.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Shows a rollout as it moves: a picture that redraws itself on a terminal, else a line for each
/// thing that changed.
final class RolloutWatch {
    private final Api api;
    private final Terminal terminal;
    private final boolean redraw = Terminal.interactive();
    private final Map<String, String> told = new HashMap<>();
    private String shown = "";
    private int height;

    RolloutWatch(Api api, Terminal terminal) {
        this.api = api;
        this.terminal = terminal;
    }

    /// Follows the rollout to its end; 0 when it completed or was rolled back as asked. With
    /// `--json` it prints the rollout once, at the end.
    int follow(String rollout) throws InterruptedException {
        while (true) {
            Json now = api.get("/rollouts/" + Api.escape(rollout));
            boolean open = now.flag("summary.open");
            if (!terminal.json()) {
                if (redraw) {
                    draw(now);
                } else {
                    tell(now);
                }
            } else if (!open) {
                terminal.line("%s", now.pretty());
            }
            if (!open) {
                return now.text("summary.state").matches("Completed|RolledBack")
                        ? 0
                        : Failure.NEGATIVE;
            }
            TimeUnit.MILLISECONDS.sleep(700);
        }
    }

    private void draw(Json now) {
        List<String> lines = describe(now, terminal.width());
        String picture = String.join("\n", lines);
        if (picture.equals(shown)) {
            return;
        }
        terminal.line("%s%s", height > 0 ? "\u001b[%dA\u001b[J".formatted(height) : "", picture);
        shown = picture;
        height = lines.size();
    }

    private void tell(Json now) {
        Json summary = now.at("summary");
        tell("", "%s: %s".formatted(summary.text("title"), summary.text("sentence")));
        tell("stop", StopAllCommand.sentence(now.at("stop")));
        tell("escalation", now.text("consent.escalation.sentence"));
        tell("certificate", summary.text("promise"));
        tell("test", now.text("certificate.standing"));
        for (Json host : now.list("members")) {
            tell(
                    host.text("name"),
                    "%s: %s%s"
                            .formatted(
                                    Words.state(host.text("state")),
                                    host.text("sentence"),
                                    progress(host)));
        }
        if (!summary.flag("open")) {
            hints(now).forEach(hint -> terminal.line("%s", hint));
        }
    }

    private void tell(String whom, String what) {
        if (!what.isEmpty() && !what.equals(told.put(whom, what))) {
            terminal.line(
                    "%s  %s%s",
                    Terminal.time(Instant.now()), whom.isEmpty() ? "" : whom + "  ", what);
        }
    }

    /// The rollout in lines.
    ///
    /// @param width columns of the terminal; 0 if nobody counts them
    static List<String> describe(Json rollout, int width) {
        Json summary = rollout.at("summary");
        List<Json> members = rollout.list("members");
        List<String> lines = new ArrayList<>();
        if (rollout.at("stop").present()) {
            lines.addAll(fitted(StopAllCommand.sentence(rollout.at("stop")), width));
        }
        if (rollout.at("consent.escalation").present()) {
            EscalationsCommand.lines(List.of(rollout.at("consent.escalation")))
                    .forEach(line -> lines.addAll(fitted(line, width)));
        }
        lines.addAll(
                fitted(
                        "%s  %s: %s"
                                .formatted(
                                        RolloutNames.brief(summary.text("id")),
                                        summary.text("title"),
                                        summary.text("sentence")),
                        width));
        if (!summary.text("promise").isEmpty()) {
            lines.addAll(fitted(summary.text("promise"), width));
        }
        for (String said : List.of("consent.rule", "consent.emergency")) {
            // An emergency's certificate says of itself that it is one.
            if (!rollout.text(said).isEmpty()
                    && !summary.text("promise").contains(rollout.text(said))) {
                lines.addAll(fitted(rollout.text(said), width));
            }
        }
        RolloutConsentCommand.said(rollout).forEach(line -> lines.addAll(fitted(line, width)));
        String standing = rollout.text("certificate.standing");
        if (!standing.isEmpty()) {
            lines.addAll(fitted(standing, width));
        }
        lines.add(bar(rollout));
        if (!members.isEmpty()) {
            lines.addAll(
                    Tables.of(
                            members,
                            List.of(
                                    Terminal.field("HOST", h -> h.text("name")),
                                    Terminal.field(
                                            "WAVE",
                                            h -> h.number("wave") == 0 ? "–" : h.text("wave")),
                                    Terminal.field("STATE", h -> Words.state(h.text("state"))),
                                    Terminal.field("", h -> h.text("sentence") + progress(h))),
                            width));
        }
        for (Json search : rollout.list("searches")) {
            if (!search.flag("ended")) {
                lines.addAll(
                        fitted(
                                "Searching on the twin of %s for the patch at fault."
                                        .formatted(search.text("name")),
                                width));
            }
        }
        hints(rollout).forEach(hint -> lines.addAll(fitted(hint, width)));
        return lines;
    }

    private static List<String> fitted(String text, int width) {
        return width == 0 ? List.of(text) : Tables.wrapped(text, width - 1);
    }

    private static String progress(Json host) {
        String progress = host.text("progress");
        return progress.isEmpty() ? "" : " [" + progress + "]";
    }

    /// How many hosts are through: `[####....] 4 of 8 · wave 2 of 3`.
    private static String bar(Json rollout) {
        List<Json> members = rollout.list("members");
        long through =
                members.stream()
                        .filter(
                                host ->
                                        !host.text("state")
                                                .matches(
                                                        "Planned|Rehearsing|Rehearsed|Applying|Verifying|RollingBack"))
                        .count();
        int size = 24;
        int full = members.isEmpty() ? size : (int) (size * through / members.size());
        String wave =
                rollout.number("wave") == 0
                        ? ""
                        : ", wave %d of %d"
                                .formatted(rollout.number("wave"), rollout.number("waves"));
        return "[%s%s] %d of %d hosts%s"
                .formatted(
                        "#".repeat(full), ".".repeat(size - full), through, members.size(), wave);
    }

    /// What a person can do next, as commands.
    static List<String> hints(Json rollout) {
        String name = RolloutNames.brief(rollout.text("summary.id"));
        String hash = rollout.text("planHash");
        String seen = hash.isEmpty() ? "" : " --plan " + RolloutNames.briefPlan(hash);
        List<String> hints = new ArrayList<>();
        switch (rollout.text("summary.state")) {
            case "AwaitingApproval" ->
                    hints.add(
                            "Next: understudy rollout plan %s, then understudy rollout approve %s%s"
                                    .formatted(name, name, seen));
            case "Announced" ->
                    hints.add(
                            "Next: understudy rollout object %s --reason … (keep it from starting), or understudy rollout approve %s%s (start it now)"
                                    .formatted(name, name, seen));
            case "Objected" ->
                    hints.add("Next: understudy rollout lift %s --reason …".formatted(name));
            case "Held" ->
                    hints.add(
                            "Next: understudy rollout approve %s (go on in spite of the doubt), or understudy rollout halt %s --reason …"
                                    .formatted(name, name));
            case "Paused" -> hints.add("Next: understudy rollout resume " + name);
            case "Halted" -> hints.add("Next: understudy quarantine; understudy why HOST");
            default -> {}
        }
        for (Json host : rollout.list("members")) {
            List<String> choices = host.texts("choices");
            if (!choices.isEmpty()) {
                hints.add(
                        "Decide on %s: %s"
                                .formatted(
                                        host.text("name"),
                                        String.join(
                                                ", or ",
                                                choices.stream()
                                                        .map(
                                                                choice ->
                                                                        "understudy rollout %s %s %s --reason …"
                                                                                .formatted(
                                                                                        Words.code(
                                                                                                choice),
                                                                                        name,
                                                                                        host.text(
                                                                                                "name")))
                                                        .toList())));
            }
        }
        return hints;
    }
}
