package dev.understudy.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `stop-all`: no host of the fleet starts a changing order until the stop is released.
@Command(
        name = "stop-all",
        description = "Stop the whole fleet, show the stop, or release it.",
        mixinStandardHelpOptions = true)
final class StopAllCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Option(names = "--reason", description = "Why; everybody sees it.")
    private @Nullable String reason;

    @Option(names = "--release", description = "Let the fleet go on.")
    private boolean release;

    @Option(names = "--show", description = "Only show whether the fleet is stopped.")
    private boolean show;

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        if (release) {
            Json left = api.delete("/stop");
            terminal.show(
                    left,
                    () ->
                            terminal.line(
                                    left.flag("stopped")
                                            ? "The fleet stays stopped until another person agrees, within an hour, with: understudy stop-all --release"
                                            : "Released. Rollouts go on from where they were."));
            return 0;
        }
        if (show) {
            Json stop = api.get("/stop");
            terminal.show(stop, () -> describe(terminal, stop));
            return 0;
        }
        if (reason == null || reason.isBlank()) {
            throw new Failure(2, "Give --reason: whoever finds the fleet stopped must see why.");
        }
        Json stop = api.post("/stop", Map.of("reason", reason));
        terminal.show(
                stop,
                () -> {
                    terminal.line("%s", sentence(stop.at("stop")));
                    terminal.line(
                            "From %d s after that on, no host begins to change any more, also one that is cut off. Release with: understudy stop-all --release",
                            stop.duration("bound").toSeconds());
                });
        return 0;
    }

    /// Who stopped the fleet, since when and why; empty if nobody did.
    static String sentence(Json stop) {
        return stop.present()
                ? "THE FLEET IS STOPPED since %s by %s: %s"
                        .formatted(
                                Terminal.time(stop.instant("since").orElse(null)),
                                stop.text("actor"),
                                stop.text("reason"))
                : "";
    }

    private static void describe(Terminal terminal, Json stop) {
        if (stop.flag("stopped")) {
            terminal.line("%s", sentence(stop.at("stop")));
            String wanted = stop.text("stop.releaseWantedBy");
            if (!wanted.isEmpty()) {
                terminal.line(
                        "%s wants it to go on; another person has to agree: understudy stop-all --release",
                        wanted);
            }
        } else {
            terminal.line("Not stopped.");
        }
    }
}
