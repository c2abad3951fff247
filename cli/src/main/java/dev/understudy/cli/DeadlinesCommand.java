package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `deadlines`: what has to be in effect next.
@Command(
        name = "deadlines",
        description = "Which fixes are due next, and on how many hosts.",
        mixinStandardHelpOptions = true)
final class DeadlinesCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Mixin private final Listing listing = new Listing();

    @Option(names = "--group", description = "Only hosts of this group.")
    private @Nullable String group;

    @Option(names = "--until", paramLabel = "TIME", description = "Only what is due before.")
    private @Nullable String until;

    @Override
    public Integer call() throws IOException {
        Question question = new Question("/deadlines").with("group", group).with("until", until);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Json answer = listing.part(connection, question);
        Terminal terminal = connection.terminal();
        Instant now = Instant.now();
        terminal.show(
                answer,
                () -> {
                    terminal.table(
                            answer.items(),
                            "No fix that hosts lack has a date.",
                            field("DUE", row -> due(row, now)),
                            field("CVE", DeadlinesCommand::cve),
                            field("RELEASE", row -> row.text("release")),
                            field("PACKAGE", row -> row.text("source")),
                            field("FIXED IN", row -> row.text("fixed")),
                            field("HOSTS", row -> row.text("hosts")),
                            field("EXPOSURE", row -> row.flag("internet") ? "internet" : ""),
                            field("RULE", row -> row.text("standard").replace('_', ' ')),
                            field("CLOCK", DeadlinesCommand::clock));
                    terminal.more(answer);
                });
        return 0;
    }

    private static String cve(Json row) {
        return row.text("cve").isEmpty() ? "not named" : row.text("cve");
    }

    private static String clock(Json row) {
        return row.text("excepted").isEmpty() ? row.text("clockReason") : row.text("excepted");
    }

    private static String due(Json row, Instant now) {
        return row.instant("due")
                .map(
                        due ->
                                due.isBefore(now)
                                        ? "overdue " + Terminal.ago(due, now).replace(" ago", "")
                                        : Terminal.time(due))
                .orElse("");
    }
}
