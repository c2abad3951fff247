package dev.understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `status`: the fleet in five lines.
@Command(
        name = "status",
        description = "The state of the whole fleet.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json status = connection.api().get("/status");
        terminal.show(status, () -> terminal.line(status.pretty()));
        return 0;
    }
}
