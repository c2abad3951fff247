package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `quarantine`: versions that the fleet must not get.
@Command(
        name = "quarantine",
        description = "Versions that no host may get; release one.",
        mixinStandardHelpOptions = true,
        subcommands = QuarantineCommand.Release.class)
final class QuarantineCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json quarantine = connection.api().get("/quarantine");
        terminal.show(
                quarantine,
                () ->
                        terminal.table(
                                quarantine.items(),
                                "Nothing is quarantined.",
                                field("PATCH", 50, q -> q.text("patch")),
                                field("SINCE", q -> Terminal.time(q.instant("since").orElse(null))),
                                field("REASON", 80, q -> q.text("reason"))));
        return 0;
    }

    @Command(
            name = "release",
            description = "Let hosts get the version again.",
            mixinStandardHelpOptions = true)
    static final class Release implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "PATCH", description = "As `understudy quarantine` lists it.")
        private String patch = "";

        @Override
        public Integer call() {
            connection.api().delete("/quarantine/" + Api.escape(patch));
            connection.terminal().line("Released: %s may be rolled out again.", patch);
            return 0;
        }
    }
}
