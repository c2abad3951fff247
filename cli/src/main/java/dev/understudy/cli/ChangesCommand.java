package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `changes`: what is different from yesterday, or any other time.
@Command(
        name = "changes",
        description = "What changed since yesterday: advisories, hosts, and exposures.",
        mixinStandardHelpOptions = true)
final class ChangesCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Mixin private final Listing listing = new Listing();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "2026-11-23T12:00:00Z, or a day: its end. Default: a day ago.")
    private @Nullable String since;

    @Parameters(
            paramLabel = "LIST",
            arity = "0..1",
            description = "Only this list, in parts: said, fixed or opened.")
    private @Nullable String list;

    @Override
    public Integer call() throws IOException {
        Question question =
                new Question("/changes" + (list == null ? "" : "/" + Api.escape(list)))
                        .with("since", since);
        if (listing.whole()) {
            if (list != null) {
                throw new Failure(
                        2, "--csv and --ndjson give all lists; leave out '" + list + "'.");
            }
            return listing.copy(connection, question);
        }
        Json changes = listing.part(connection, question);
        Terminal terminal = connection.terminal();
        terminal.show(
                changes,
                () -> {
                    if (list == null) {
                        all(terminal, changes);
                    } else {
                        show(terminal, list, changes.items());
                        terminal.more(changes);
                    }
                });
        return 0;
    }

    private static void all(Terminal terminal, Json changes) {
        terminal.line(
                "Hosts: %s joined, %s left, %s with other packages.",
                changes.text("joined"), changes.text("left"), changes.text("changed"));
        terminal.line("Said since, of packages that hosts have:");
        some(terminal, "said", changes);
        terminal.line("No longer said: %s statements.", changes.text("unsaid"));
        terminal.line("Fixes installed:");
        some(terminal, "fixed", changes);
        terminal.line("Affected versions installed:");
        some(terminal, "opened", changes);
    }

    private static void some(Terminal terminal, String name, Json changes) {
        List<Json> rows = changes.list(name);
        show(terminal, name, rows);
        long all = changes.number("lengths." + name);
        if (all > rows.size()) {
            terminal.line(
                    "%d of %d. The others: understudy changes %s --cursor %d",
                    rows.size(), all, name, rows.size());
        }
    }

    private static void show(Terminal terminal, String name, List<Json> rows) {
        if (name.equals("said")) {
            terminal.table(
                    rows,
                    "nothing",
                    field("CVE", row -> row.text("cve")),
                    field("ADVISORY", row -> row.text("advisory")),
                    field("RELEASE", row -> row.text("release")),
                    field("PACKAGE", row -> row.text("source")),
                    field("HOSTS", row -> row.text("hosts")));
        } else {
            terminal.table(
                    rows,
                    "none",
                    field("CVE", row -> row.text("cve")),
                    field("HOSTS", row -> row.text("hosts")));
        }
    }
}
