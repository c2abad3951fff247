package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `changes`: what is different from yesterday, or any other time.
@Command(
        name = "changes",
        description = "What changed since yesterday: advisories, hosts, and exposures.",
        mixinStandardHelpOptions = true)
final class ChangesCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "2026-11-23T12:00:00Z, or a day: its end. Default: a day ago.")
    private @Nullable String since;

    @Option(
            names = "--limit",
            description = "How long each list may be (default: ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int limit = 50;

    @Option(names = "--csv", description = "Every row, as CSV.")
    private boolean csv;

    @Override
    public Integer call() throws IOException {
        String from = since == null ? "" : "since=" + Api.escape(since);
        if (csv) {
            return connection.copy("/changes" + (from.isEmpty() ? "" : "?" + from), "text/csv");
        }
        Json changes = connection.api().get("/changes?limit=" + limit + "&" + from);
        Terminal terminal = connection.terminal();
        terminal.show(changes, () -> show(terminal, changes));
        return 0;
    }

    private static void show(Terminal terminal, Json changes) {
        terminal.line(
                "Hosts: %s joined, %s left, %s with other packages.",
                changes.text("joined"), changes.text("left"), changes.text("changed"));
        terminal.line("Said since, of packages that hosts have:");
        terminal.table(
                changes.list("said"),
                "nothing",
                field("CVE", row -> row.text("cve")),
                field("ADVISORY", row -> row.text("advisory")),
                field("RELEASE", row -> row.text("release")),
                field("PACKAGE", row -> row.text("source")),
                field("HOSTS", row -> row.text("hosts")));
        terminal.line("No longer said: %s statements.", changes.text("unsaid"));
        terminal.line("Fixes installed:");
        counts(terminal, changes, "fixed");
        terminal.line("Affected versions installed:");
        counts(terminal, changes, "opened");
    }

    private static void counts(Terminal terminal, Json changes, String which) {
        terminal.table(
                changes.list(which),
                "none",
                field("CVE", row -> row.text("cve")),
                field("HOSTS", row -> row.text("hosts")));
    }
}
