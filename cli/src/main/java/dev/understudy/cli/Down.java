package dev.understudy.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Ends what [Up] started; the data stays.
@Command(
        name = "down",
        description = "Stop what `up` started; all data stays.",
        mixinStandardHelpOptions = true)
final class Down implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() throws IOException, InterruptedException {
        DataFolder folder = connection.folder();
        boolean agent = new Background(folder.process("agent")).stop(Duration.ofSeconds(20));
        boolean server = new Background(folder.process("server")).stop(Duration.ofSeconds(40));
        connection
                .terminal()
                .line(
                        agent || server
                                ? "Stopped. The data stays in %s."
                                : "Nothing was running from %s.",
                        folder.root());
        return 0;
    }
}
