package dev.understudy.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Shows a rollout as it moves: a line per event, and a bar that redraws itself on a terminal.
final class RolloutWatch {
    private final Api api;
    private final Terminal terminal;
    private final boolean redraw = Terminal.interactive();

    RolloutWatch(Api api, Terminal terminal) {
        this.api = api;
        this.terminal = terminal;
    }

    /// Follows the rollout to its end; 0 when it completed.
    int follow(String rollout) throws InterruptedException {
        String shown = "";
        int height = 0;
        while (true) {
            Json now = api.get("/rollouts/" + Api.escape(rollout));
            List<String> lines = describe(now);
            String picture = String.join("\n", lines);
            if (!picture.equals(shown)) {
                if (redraw && height > 0) {
                    terminal.line("\u001b[%dA\u001b[J%s".formatted(height, picture));
                } else {
                    terminal.line(
                            redraw
                                    ? picture
                                    : Terminal.time(Instant.now()) + "  " + lines.getFirst());
                }
                shown = picture;
                height = lines.size();
            }
            if (!now.flag("summary.open")) {
                if (!redraw) {
                    lines.stream().skip(1).forEach(line -> terminal.line("%s", line));
                }
                return now.text("summary.state").matches("Completed|RolledBack")
                        ? 0
                        : Failure.NEGATIVE;
            }
            TimeUnit.MILLISECONDS.sleep(700);
        }
    }

    static List<String> describe(Json rollout) {
        Json summary = rollout.at("summary");
        List<String> lines = new ArrayList<>();
        lines.add("%s: %s".formatted(summary.text("title"), summary.text("sentence")));
        for (Json host : rollout.list("members")) {
            lines.add(
                    "  %-22s %-7s %-16s %s"
                            .formatted(
                                    host.text("name"),
                                    host.number("wave") == 0 ? "" : "wave " + host.text("wave"),
                                    Words.state(host.text("state")),
                                    host.text("sentence")));
        }
        return lines;
    }
}
