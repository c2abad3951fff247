package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    @Mixin private final Listing listing = new Listing();

    @Option(names = "--host", description = "Only of this host.")
    private @Nullable String host;

    @Option(names = "--group", description = "Only of this group.")
    private @Nullable String group;

    @Option(names = "--security", description = "Only what matters for security.")
    private boolean security;

    @Option(names = "--of", paramLabel = "PATCH", description = "The hosts that need this patch.")
    private @Nullable String of;

    @Override
    public Integer call() throws IOException {
        Terminal terminal = connection.terminal();
        if (of != null) {
            return hosts(of, terminal);
        }
        Question question =
                new Question("/patches")
                        .with("host", host)
                        .with("group", group)
                        .with("security", security ? true : null);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Json patches = listing.part(connection, question);
        Instant now = Instant.now();
        terminal.show(
                patches,
                () -> {
                    terminal.table(
                            patches.items(),
                            "Nothing is pending.",
                            field("PATCH", p -> p.text("id")),
                            field("DEADLINE", p -> Words.deadline(p, now)),
                            field("EXPLOITED", p -> Words.ternary(p.text("knownExploited"))),
                            field("CVES", p -> "" + p.list("cves").size()),
                            field("HOSTS", p -> p.text("hosts")),
                            field("WHY", PatchesCommand::why));
                    terminal.more(patches);
                });
        return 0;
    }

    private static String why(Json patch) {
        String quarantined = patch.text("quarantined");
        return (quarantined.isEmpty() ? "" : "Quarantined: " + quarantined + " ")
                + patch.text("sentence");
    }

    private int hosts(String patch, Terminal terminal) throws IOException {
        Question question =
                new Question(
                                Stream.of(patch.split("/", -1))
                                        .map(Api::escape)
                                        .collect(Collectors.joining("/", "/patches/", "/hosts")))
                        .with("group", group);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Json hosts = listing.part(connection, question);
        Instant now = Instant.now();
        terminal.show(
                hosts,
                () -> {
                    terminal.table(
                            hosts.items(),
                            "No host needs it.",
                            field("HOST", row -> row.text("name")),
                            field("DEADLINE", row -> Words.deadline(row.at("patch"), now)),
                            field("WHY", row -> row.at("patch").text("sentence")));
                    terminal.more(hosts);
                });
        return 0;
    }
}
