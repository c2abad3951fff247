package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `exceptions`: what somebody decided to leave open, until when, and who answers for it.
@Command(
        name = "exceptions",
        description = "Findings that are left open until a date; add one, end one.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ExceptionsCommand.ListAll.class,
            ExceptionsCommand.Add.class,
            ExceptionsCommand.End.class
        })
final class ExceptionsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        return list(connection);
    }

    private static int list(Connection connection) {
        Terminal terminal = connection.terminal();
        Json all = connection.api().get("/exceptions");
        terminal.show(
                all,
                () ->
                        terminal.table(
                                all.items(),
                                "Nothing is excepted.",
                                field("SUBJECT", e -> e.text("subject")),
                                field("WHERE", ExceptionsCommand::where),
                                field("OWNER", e -> e.text("owner")),
                                field("UNTIL", e -> Terminal.time(e.instant("until").orElse(null))),
                                field("", ExceptionsCommand::state),
                                field("REASON", e -> e.text("reason")),
                                field("ID", e -> e.text("id"))));
        return 0;
    }

    private static String where(Json exception) {
        String host = exception.text("host");
        String group = exception.text("group");
        return !host.isEmpty() ? host : group.isEmpty() ? "whole fleet" : "group " + group;
    }

    private static String state(Json exception) {
        return exception.flag("holds")
                ? "holds"
                : exception.text("endedAt").isEmpty() ? "expired" : "ended";
    }

    @Command(
            name = "list",
            description = "All exceptions that were ever made.",
            mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Override
        public Integer call() {
            return list(connection);
        }
    }

    @Command(
            name = "add",
            description = "Leave a finding open until a date.",
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(
                paramLabel = "CVE-OR-PATCH",
                description = "CVE-…, or a patch as `understudy patches` lists it.")
        private String subject = "";

        @Option(names = "--host", description = "Only on this host.")
        private @Nullable String host;

        @Option(names = "--group", description = "Only in this group.")
        private @Nullable String group;

        @Option(names = "--owner", description = "Who answers for it.", required = true)
        private String owner = "";

        @Option(names = "--reason", description = "Why.", required = true)
        private String reason = "";

        @Option(
                names = "--until",
                description = "A date (2026-12-31, its end in UTC), or how long from now (P30D).",
                required = true)
        private String until = "";

        @Override
        public Integer call() {
            Map<String, Object> wanted = new LinkedHashMap<>();
            wanted.put("subject", subject);
            wanted.put("owner", owner);
            wanted.put("reason", reason);
            wanted.put("until", end().toString());
            if (host != null) {
                wanted.put("host", host);
            }
            if (group != null) {
                wanted.put("group", group);
            }
            Terminal terminal = connection.terminal();
            Json made = connection.api().post("/exceptions", wanted);
            terminal.show(
                    made,
                    () ->
                            terminal.line(
                                    "%s is left open until %s. To end it: understudy exceptions end %s",
                                    subject, made.text("until"), made.text("id")));
            return 0;
        }

        private Instant end() {
            try {
                return until.startsWith("P")
                        ? Instant.now().plus(Duration.parse(until))
                        : LocalDate.parse(until)
                                .plusDays(1)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant();
            } catch (DateTimeParseException _) {
                throw new Failure(
                        2,
                        "'%s' is neither a date like 2026-12-31 nor a time like P30D."
                                .formatted(until));
            }
        }
    }

    @Command(
            name = "end",
            description = "End an exception before its time: the clock runs again.",
            mixinStandardHelpOptions = true)
    static final class End implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ID", description = "As `understudy exceptions list` shows it.")
        private String id = "";

        @Override
        public Integer call() {
            connection.api().delete("/exceptions/" + Api.escape(id));
            connection.terminal().line("Ended: the clock of %s runs again.", id);
            return 0;
        }
    }
}
