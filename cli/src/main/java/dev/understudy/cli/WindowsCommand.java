package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `windows`: when the hosts of a group may be changed.
@Command(
        name = "windows",
        description = "Maintenance windows of groups; add one, remove one, see who may be changed.",
        mixinStandardHelpOptions = true,
        subcommands = {
            WindowsCommand.ListAll.class,
            WindowsCommand.Now.class,
            WindowsCommand.Add.class,
            WindowsCommand.Remove.class
        })
final class WindowsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        return list(connection);
    }

    private static int list(Connection connection) {
        Terminal terminal = connection.terminal();
        Json all = connection.api().get("/maintenance-windows");
        terminal.show(
                all,
                () ->
                        terminal.table(
                                all.items(),
                                "No group has a window: every host may be changed at any time.",
                                field("GROUP", w -> w.text("group")),
                                field("WINDOW", w -> w.text("name")),
                                field("OPENS", WindowsCommand::opens),
                                field("FOR", w -> w.text("duration")),
                                field("NEXT", WindowsCommand::next),
                                field("ID", w -> w.text("id"))));
        return 0;
    }

    /// `2026-11-28T02:00 Europe/Berlin, FREQ=WEEKLY;BYDAY=SA, + 3 d`
    private static String opens(Json window) {
        String rule = window.text("rule");
        long shift = window.number("shiftDays");
        return window.text("start")
                + " "
                + window.text("zone")
                + (rule.isEmpty() ? ", once" : ", " + rule)
                + (shift == 0 ? "" : ", + %d d".formatted(shift));
    }

    private static String next(Json window) {
        List<Json> next = window.list("next");
        if (next.isEmpty()) {
            return "never again";
        }
        Instant from = next.getFirst().instant("from").orElse(null);
        return from != null && from.isBefore(Instant.now())
                ? "open until " + Terminal.time(next.getFirst().instant("to").orElse(null))
                : Terminal.time(from);
    }

    @Command(
            name = "list",
            description = "All windows, and when they open next.",
            mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Override
        public Integer call() {
            return list(connection);
        }
    }

    @Command(
            name = "now",
            description = "Which groups may be changed now, by windows and freezes.",
            mixinStandardHelpOptions = true)
    static final class Now implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json openings = connection.api().get("/openings");
            terminal.show(
                    openings,
                    () ->
                            terminal.table(
                                    openings.items(),
                                    "There is no group.",
                                    field("GROUP", o -> o.text("group")),
                                    field("OPEN", o -> o.flag("open") ? "yes" : "no"),
                                    field(
                                            "UNTIL",
                                            o ->
                                                    o.instant("until")
                                                            .map(Terminal::time)
                                                            .orElse("–")),
                                    field("WHY", o -> o.text("sentence"))));
            return 0;
        }
    }

    @Command(
            name = "add",
            description = "Let the hosts of a group be changed only in windows such as this one.",
            footer = {
                "",
                "Every Saturday night:",
                "  understudy windows add web --name night --start 2026-11-28T22:00 --for PT6H \\",
                "      --every 'FREQ=WEEKLY;BYDAY=SA' --zone Europe/Berlin",
                "Three days after the second Tuesday:",
                "  … --start 2026-12-08T22:00 --every 'FREQ=MONTHLY;BYDAY=2TU' --plus-days 3"
            },
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "GROUP", description = "Whose hosts.")
        private String group = "";

        @Option(
                names = "--name",
                description = "What to call it (default: ${DEFAULT-VALUE}).",
                defaultValue = "window")
        private String name = "window";

        @Option(
                names = "--start",
                paramLabel = "TIME",
                description = "The first start on the clock of the zone: 2026-11-28T22:00.",
                required = true)
        private String start = "";

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                description = "How long it is open, ISO-8601 (PT4H).",
                required = true)
        private String duration = "";

        @Option(
                names = "--every",
                paramLabel = "RRULE",
                description = "When it recurs, as in iCalendar; without, it opens once.")
        private String rule = "";

        @Option(
                names = "--plus-days",
                paramLabel = "DAYS",
                description = "Open so many days after each recurrence.")
        private int shiftDays;

        @Option(
                names = "--zone",
                description = "Time zone, such as Europe/Berlin (default: this machine's).")
        private String zone = ZoneId.systemDefault().getId();

        @Override
        public Integer call() {
            Map<String, Object> wanted = new LinkedHashMap<>();
            wanted.put("group", group);
            wanted.put("name", name);
            wanted.put("zone", zone);
            wanted.put("start", start);
            wanted.put("rule", rule);
            wanted.put("shiftDays", shiftDays);
            wanted.put("duration", duration);
            Terminal terminal = connection.terminal();
            Json made = connection.api().post("/maintenance-windows", wanted);
            terminal.show(
                    made,
                    () ->
                            terminal.line(
                                    "Group %s is changed only in its windows; '%s' opens next: %s.",
                                    group, name, next(made)));
            return 0;
        }
    }

    @Command(
            name = "remove",
            description = "Remove a window. Without any, the group may be changed at any time.",
            mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ID", description = "As `understudy windows` shows it.")
        private String id = "";

        @Override
        public Integer call() {
            connection.api().delete("/maintenance-windows/" + Api.escape(id));
            connection.terminal().line("Removed.");
            return 0;
        }
    }
}
