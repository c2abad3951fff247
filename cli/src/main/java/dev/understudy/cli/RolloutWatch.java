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
            if (!now.flag("open")) {
                if (!redraw) {
                    lines.stream().skip(1).forEach(line -> terminal.line("%s", line));
                }
                return now.text("state").equals("COMPLETED")
                                || now.text("state").equals("ROLLED_BACK")
                        ? 0
                        : Failure.NEGATIVE;
            }
            TimeUnit.MILLISECONDS.sleep(700);
        }
    }

    static List<String> describe(Json rollout) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s  %s%s"
                        .formatted(
                                rollout.text("title"),
                                Words.code(rollout.text("state")),
                                rollout.text("detail").isEmpty()
                                        ? ""
                                        : ": " + rollout.text("detail")));
        for (Json host : rollout.list("deployments")) {
            lines.add(
                    "  %-22s wave %-3s %-18s %s"
                            .formatted(
                                    host.text("hostName"),
                                    host.text("wave").equals("0") ? "–" : host.text("wave"),
                                    Words.code(host.text("state")),
                                    String.join(" ", host.texts("reasons"))));
        }
        return lines;
    }
}
