package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `checkpoints`: what a host can be put back to.
@Command(
        name = "checkpoints",
        description = "List a host's checkpoints, or restore one.",
        mixinStandardHelpOptions = true,
        subcommands = CheckpointsCommand.Restore.class)
final class CheckpointsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(paramLabel = "HOST", arity = "0..1", description = "Name or id.")
    private String host = "";

    @Override
    public Integer call() {
        if (host.isEmpty()) {
            throw new Failure(2, "Which host? understudy checkpoints HOST");
        }
        Terminal terminal = connection.terminal();
        Json checkpoints = connection.api().get("/hosts/" + Api.escape(host) + "/checkpoints");
        terminal.show(
                checkpoints,
                () ->
                        terminal.table(
                                checkpoints.items(),
                                host + " keeps no checkpoints.",
                                field("CHECKPOINT", c -> c.text("id")),
                                field(
                                        "TAKEN",
                                        c -> Terminal.time(c.instant("takenAt").orElse(null))),
                                field("SIZE", c -> (c.number("bytes") >> 20) + " MiB")));
        return 0;
    }

    @Command(
            name = "restore",
            description = "Put a host back to a checkpoint.",
            mixinStandardHelpOptions = true)
    static final class Restore implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(index = "0", paramLabel = "HOST", description = "Name or id.")
        private String host = "";

        @Parameters(
                index = "1",
                paramLabel = "CHECKPOINT",
                description = "From `understudy checkpoints HOST`.")
        private String checkpoint = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json order =
                    connection
                            .api()
                            .post(
                                    "/hosts/" + Api.escape(host) + "/restore",
                                    Map.of("checkpoint", checkpoint));
            terminal.show(
                    order, () -> terminal.line("Ordered: %s goes back to %s.", host, checkpoint));
            return 0;
        }
    }
}
