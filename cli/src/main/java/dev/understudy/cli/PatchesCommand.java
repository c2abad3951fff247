package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patches`: what the fleet needs, most urgent first.
@Command(
        name = "patches",
        description = "Pending patches, ranked by the risk here.",
        mixinStandardHelpOptions = true)
final class PatchesCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Option(names = "--host", description = "Only of this host.")
    private @Nullable String host;

    @Option(names = "--group", description = "Only of this group.")
    private @Nullable String group;

    @Option(names = "--security", description = "Only what matters for security.")
    private boolean security;

    @Option(
            names = "--limit",
            description = "How many (default: ${DEFAULT-VALUE}).",
            defaultValue = "40")
    private int limit = 40;

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        List<String> query = new ArrayList<>(List.of("limit=" + limit));
        if (host != null) {
            query.add("host=" + Api.escape(host));
        }
        if (group != null) {
            query.add("group=" + Api.escape(group));
        }
        if (security) {
            query.add("security=true");
        }
        Json patches = connection.api().get("/patches?" + String.join("&", query));
        Instant now = Instant.now();
        terminal.show(
                patches,
                () ->
                        terminal.table(
                                patches.items(),
                                "Nothing is pending.",
                                field("PATCH", p -> p.text("id")),
                                field("DEADLINE", p -> Words.deadline(p, now)),
                                field("EXPLOITED", p -> Words.ternary(p.text("knownExploited"))),
                                field("CVES", p -> "" + p.list("cves").size()),
                                field("HOSTS", p -> "" + Math.max(1, p.list("hosts").size())),
                                field("WHY", p -> p.text("sentence"))));
        return 0;
    }
}
