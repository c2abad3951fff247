package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What `up` prints of this machine: how much is pending, what it fixes, how urgent it is, and why
/// it is not installed.
final class FirstAnswer {
    private FirstAnswer() {}

    /// The host's patches, once its inventory has come in.
    static Optional<Json> of(Api api, String host) {
        Json shown = api.get("/hosts/" + Api.escape(host));
        return shown.text("shape").isEmpty() ? Optional.empty() : Optional.of(shown);
    }

    static void print(Terminal terminal, Api api, String host, Duration took) {
        Instant now = Instant.now();
        String name = api.get("/hosts/" + Api.escape(host)).text("name");
        Json patches = api.get("/hosts/" + Api.escape(host) + "/patches?limit=500");
        List<Json> all = patches.items();
        List<Json> security = all.stream().filter(patch -> patch.flag("security")).toList();
        long cves = all.stream().flatMap(patch -> patch.texts("cves").stream()).distinct().count();
        long exploited =
                all.stream().filter(patch -> patch.text("knownExploited").equals("YES")).count();
        boolean unknown =
                all.stream().anyMatch(patch -> patch.text("knownExploited").equals("UNKNOWN"));
        Optional<Instant> earliest =
                all.stream()
                        .flatMap(patch -> patch.instant("deadline.due").stream())
                        .min(Instant::compareTo);
        terminal.line("");
        terminal.line("%-18s %d (%d for security)", "Pending patches", all.size(), security.size());
        terminal.line("%-18s %d", "CVEs they fix", cves);
        terminal.line(
                "%-18s %s",
                "Known exploited",
                unknown
                        ? exploited
                                + " known; no feed of exploited vulnerabilities is loaded (understudy feeds)"
                        : exploited);
        terminal.line(
                "%-18s %s",
                "Earliest deadline",
                earliest.map(due -> Terminal.time(due) + (due.isBefore(now) ? " (overdue)" : ""))
                        .orElse("none"));
        terminal.line("%-18s %d s", "Answered after", took.toSeconds());
        terminal.line("");
        terminal.table(
                all.stream().limit(10).toList(),
                "Nothing is pending.",
                field("PATCH", p -> p.text("id")),
                field("DEADLINE", p -> Words.deadline(p, now)),
                field("CVES", p -> "" + p.list("cves").size()),
                field("WHY FIRST", p -> p.text("sentence")));
        if (all.size() > 10) {
            terminal.line("… %d more: understudy patches", all.size() - 10);
        }
        Json why = api.get("/hosts/" + Api.escape(host) + "/why?limit=1000");
        terminal.line("");
        terminal.line("Why they are not installed:");
        why.items().stream()
                .collect(
                        java.util.stream.Collectors.groupingBy(
                                one -> one.text("reason.code"),
                                java.util.TreeMap::new,
                                java.util.stream.Collectors.toList()))
                .forEach(
                        (code, rows) ->
                                terminal.line(
                                        "  %4d  %s: %s",
                                        rows.size(),
                                        Words.code(code),
                                        rows.getFirst().text("reason.sentence")));
        why.list("host").forEach(reason -> terminal.line("        %s", reason.text("sentence")));
        terminal.line("  each one: understudy why %s", name);
    }
}
