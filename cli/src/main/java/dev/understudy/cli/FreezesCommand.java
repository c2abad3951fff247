package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `freezes`: times in which nothing is changed.
@Command(
        name = "freezes",
        description = "Times in which hosts are not changed; add one, end one.",
        mixinStandardHelpOptions = true,
        subcommands = {
            FreezesCommand.ListAll.class,
            FreezesCommand.Add.class,
            FreezesCommand.End.class
        })
final class FreezesCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        return list(connection);
    }

    private static int list(Connection connection) {
        Terminal terminal = connection.terminal();
        Json all = connection.api().get("/freezes");
        terminal.show(
                all,
                () ->
                        terminal.table(
                                all.items(),
                                "Nothing was ever frozen.",
                                field("WHERE", FreezesCommand::where),
                                field("FROM", f -> Terminal.time(f.instant("from").orElse(null))),
                                field("TO", f -> Terminal.time(f.instant("to").orElse(null))),
                                field("STATE", FreezesCommand::state),
                                field("BY", f -> f.text("by")),
                                field("REASON", f -> f.text("reason")),
                                field("ID", f -> f.text("id"))));
        return 0;
    }

    private static String where(Json freeze) {
        String group = freeze.text("group");
        return group.isEmpty() ? "whole fleet" : "group " + group;
    }

    private static String state(Json freeze) {
        if (!freeze.text("endedAt").isEmpty()) {
            return "ended by " + freeze.text("endedBy");
        }
        if (freeze.flag("holds")) {
            return "holds";
        }
        boolean ahead = freeze.instant("from").map(java.time.Instant.now()::isBefore).orElse(false);
        return ahead ? "ahead" : "over";
    }

    @Command(
            name = "list",
            description = "All freezes that were ever made.",
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
            description = "Forbid changes until a time; what has begun is finished.",
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(names = "--group", description = "Only this group (default: the whole fleet).")
        private @Nullable String group;

        @Option(
                names = "--from",
                paramLabel = "TIME",
                description = "2026-12-20T00:00:00Z (default: now).")
        private @Nullable String from;

        @Option(
                names = "--to",
                paramLabel = "TIME",
                description = "2027-01-04T00:00:00Z.",
                required = true)
        private String to = "";

        @Option(names = "--reason", description = "Why.", required = true)
        private String reason = "";

        @Override
        public Integer call() {
            Map<String, Object> wanted = new LinkedHashMap<>();
            if (group != null) {
                wanted.put("group", group);
            }
            if (from != null) {
                wanted.put("from", from);
            }
            wanted.put("to", to);
            wanted.put("reason", reason);
            Terminal terminal = connection.terminal();
            Json made = connection.api().post("/freezes", wanted);
            terminal.show(
                    made,
                    () ->
                            terminal.line(
                                    "%s is frozen from %s to %s. To end it: understudy freezes end %s",
                                    group == null ? "The whole fleet" : "Group " + group,
                                    Terminal.time(made.instant("from").orElse(null)),
                                    Terminal.time(made.instant("to").orElse(null)),
                                    made.text("id")));
            return 0;
        }
    }

    @Command(
            name = "end",
            description = "End a freeze before its time.",
            mixinStandardHelpOptions = true)
    static final class End implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ID", description = "As `understudy freezes` shows it.")
        private String id = "";

        @Override
        public Integer call() {
            connection.api().delete("/freezes/" + Api.escape(id));
            connection.terminal().line("Ended.");
            return 0;
        }
    }
}
