package dev.understudy.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `console`: a single-use link that signs a browser in.
@Command(
        name = "console",
        description = "Print a single-use link to the console (valid for 10 minutes).",
        mixinStandardHelpOptions = true)
final class ConsoleCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        Json link = api.post("/console-links", Map.of());
        terminal.show(link, () -> terminal.line(link(link)));
        return 0;
    }

    static String link(Json link) {
        return link.text("url");
    }
}
