package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sequence`: which hosts are changed only after others were.
@Command(
        name = "sequence",
        description = "Which hosts are changed only after others were.",
        mixinStandardHelpOptions = true,
        subcommands = {SequenceCommand.Add.class, SequenceCommand.Remove.class})
final class SequenceCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json all = connection.api().get("/host-sequence");
        terminal.show(
                all,
                () ->
                        terminal.table(
                                all.items(),
                                "No host has to wait for another.",
                                field("HOST", s -> s.text("name")),
                                field("COMES AFTER", s -> s.text("afterName"))));
        return 0;
    }

    @Command(
            name = "add",
            description = "Change a host only after another was, and is in service again.",
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HOST", description = "Who waits, by name or id.")
        private String host = "";

        @Option(names = "--after", description = "For whom, by name or id.", required = true)
        private String after = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json made =
                    connection.api().post("/host-sequence", Map.of("host", host, "after", after));
            terminal.show(
                    made,
                    () ->
                            terminal.line(
                                    "%s is changed only after %s.",
                                    made.text("name"), made.text("afterName")));
            return 0;
        }
    }

    @Command(
            name = "remove",
            description = "Let a host be changed without waiting for another.",
            mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "HOST", description = "Who waits, by name or id.")
        private String host = "";

        @Option(names = "--after", description = "For whom, by name or id.", required = true)
        private String after = "";

        @Override
        public Integer call() {
            connection.api().delete("/host-sequence/" + Api.escape(host) + "/" + Api.escape(after));
            connection.terminal().line("Removed.");
            return 0;
        }
    }
}
