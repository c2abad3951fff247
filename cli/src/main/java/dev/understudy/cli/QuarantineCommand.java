package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `quarantine`: versions that the fleet must not get.
@Command(
        name = "quarantine",
        description = "Versions that no host may get; who has one; release one.",
        mixinStandardHelpOptions = true,
        subcommands = {QuarantineCommand.Hosts.class, QuarantineCommand.Release.class})
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
                                field("PATCH", q -> patch(q)),
                                field("VERDICT", QuarantineCommand::verdict),
                                field("FOR", q -> q.text("makeup").isEmpty() ? "all" : "a class"),
                                field("STILL ON", QuarantineCommand::stillOn),
                                field("SINCE", q -> Terminal.time(q.instant("since").orElse(null))),
                                field("REASON", q -> q.text("reason"))));
        return 0;
    }

    private static String verdict(Json entry) {
        return entry.flag("suspected")
                ? "suspected"
                : entry.text("by").equals("system") ? "at fault" : "a person's word";
    }

    private static String stillOn(Json entry) {
        String hosts = entry.text("stillOn");
        return hosts.isEmpty() || hosts.equals("0")
                ? ""
                : hosts + (hosts.equals("1") ? " host" : " hosts");
    }

    /// The patch of an entry as people write it.
    private static String patch(Json entry) {
        return String.join(
                "/",
                entry.text("patch.release"),
                entry.text("patch.source"),
                entry.text("patch.version"));
    }

    @Command(
            name = "hosts",
            description = "The hosts that have the version all the same.",
            mixinStandardHelpOptions = true)
    static final class Hosts implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();
        @Mixin private final Listing listing = new Listing();

        @Parameters(paramLabel = "PATCH", description = "As `understudy quarantine` lists it.")
        private String patch = "";

        @Override
        public Integer call() throws IOException {
            String id =
                    connection.api().get("/quarantine").items().stream()
                            .filter(one -> patch(one).equals(patch))
                            .findFirst()
                            .orElseThrow(() -> notQuarantined(patch))
                            .text("id");
            Question question = new Question("/quarantine/" + id + "/hosts");
            if (listing.whole()) {
                return listing.copy(connection, question);
            }
            Json hosts = listing.part(connection, question);
            Terminal terminal = connection.terminal();
            terminal.show(
                    hosts,
                    () -> {
                        terminal.table(
                                hosts.items(),
                                "No host has it.",
                                field("HOST", row -> row.text("name")),
                                field("GROUP", row -> row.text("group")));
                        terminal.more(hosts);
                    });
            return 0;
        }
    }

    private static Failure notQuarantined(String patch) {
        return new Failure(
                Failure.REFUSED, patch + " is not quarantined. See: understudy quarantine");
    }

    @Command(
            name = "release",
            description = "Let hosts get the version again.",
            mixinStandardHelpOptions = true)
    static final class Release implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(
                paramLabel = "PATCH",
                arity = "0..1",
                description = "As `understudy quarantine` lists it.")
        private @Nullable String patch;

        @Option(
                names = "--rollout",
                description = "All that was rolled back with this rollout, instead of one patch.")
        private @Nullable String rollout;

        @Option(names = "--reason", description = "Why; it is recorded.", required = true)
        private String reason = "";

        @Override
        public Integer call() {
            Api api = connection.api();
            if ((patch == null) == (rollout == null)) {
                throw new Failure(2, "Release what? Name a patch, or --rollout ROLLOUT.");
            }
            String of = rollout == null ? "" : RolloutNames.id(api, rollout);
            List<Json> entries =
                    api.get("/quarantine").items().stream()
                            .filter(
                                    one ->
                                            of.isEmpty()
                                                    ? patch(one).equals(patch)
                                                    : one.text("rollout").equals(of)
                                                            && verdict(one)
                                                                    .equals("a person's word"))
                            .toList();
            if (entries.isEmpty()) {
                throw patch == null
                        ? new Failure(
                                Failure.REFUSED,
                                "Nothing that was rolled back with %s is quarantined. See: understudy quarantine"
                                        .formatted(rollout))
                        : notQuarantined(patch);
            }
            entries.forEach(
                    entry ->
                            api.delete(
                                    "/quarantine/"
                                            + entry.text("id")
                                            + "?reason="
                                            + Api.escape(reason)));
            connection
                    .terminal()
                    .line(
                            "Released: %s may be rolled out again.",
                            String.join(
                                    ", ", entries.stream().map(QuarantineCommand::patch).toList()));
            return 0;
        }
    }
}
