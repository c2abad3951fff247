package dev.understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `advisories`: what is known of a CVE or an advisory, and who is exposed.
@Command(
        name = "advisories",
        description =
                "What is known of a CVE or an advisory, from which feed, and which hosts it concerns.",
        mixinStandardHelpOptions = true)
final class AdvisoriesCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(paramLabel = "ID", description = "CVE-2024-3094, DSA-5649-1 …")
    private String id = "";

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json advisory = connection.api().get("/advisories/" + Api.escape(id));
        terminal.show(advisory, () -> terminal.line(advisory.pretty()));
        return 0;
    }
}
