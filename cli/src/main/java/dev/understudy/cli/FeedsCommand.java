package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `feeds`: where knowledge of vulnerabilities comes from, how fresh it is, and imports by hand.
@Command(
        name = "feeds",
        description = "State of the feeds; import one by hand.",
        mixinStandardHelpOptions = true,
        subcommands = {FeedsCommand.Status.class, FeedsCommand.Import.class})
final class FeedsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        return status(connection);
    }

    private static int status(Connection connection) {
        Terminal terminal = connection.terminal();
        Instant now = Instant.now();
        Json feeds = connection.api().get("/feeds");
        terminal.show(
                feeds,
                () ->
                        terminal.table(
                                feeds.items(),
                                "No feed is loaded: CVEs come from the changelogs of pending updates. To load"
                                        + " one: understudy feeds import kev FILE-OR-URL; to follow"
                                        + " one: understudy up --server-option=--feed=kev=URL",
                                field("FEED", f -> f.text("name")),
                                field("STATE", f -> Words.code(f.text("state"))),
                                field("RECORDS", f -> f.text("records")),
                                field(
                                        "OF",
                                        f ->
                                                Terminal.ago(
                                                        f.instant("sourceDate").orElse(null), now)),
                                field(
                                        "FETCHED",
                                        f ->
                                                Terminal.ago(
                                                        f.instant("fetchedAt").orElse(null), now)),
                                field("", FeedsCommand::remark)));
        return 0;
    }

    /// What is wrong, or else what is worth knowing.
    private static String remark(Json feed) {
        String detail = feed.text("detail");
        return detail.isEmpty() ? feed.text("note") : detail;
    }

    @Command(name = "status", description = "State of the feeds.", mixinStandardHelpOptions = true)
    static final class Status implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Override
        public Integer call() {
            return status(connection);
        }
    }

    @Command(
            name = "import",
            description = "Import a feed from a file or a URL.",
            mixinStandardHelpOptions = true)
    static final class Import implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(
                index = "0",
                paramLabel = "FEED",
                description =
                        "kev, epss, osv, csaf, openvex, updateinfo, debian, dsa, vulnrichment,"
                                + " metasploit, exploitdb, taxii; or one of them, a dash and a name")
        private String feed = "";

        @Parameters(
                index = "1",
                paramLabel = "FILE-OR-URL",
                description = "A path on the control plane's machine, or https://…")
        private String source = "";

        @Option(
                names = "--accept-loss",
                description =
                        "Take it in though it lost more records than such a feed may, once it is"
                                + " known why.")
        private boolean acceptLoss;

        @Override
        public Integer call() {
            String url = source;
            if (!source.contains("://")) {
                Path file = Path.of(source).toAbsolutePath().normalize();
                if (!Files.isReadable(file)) {
                    throw new Failure(2, "%s cannot be read.".formatted(file));
                }
                url = file.toUri().toString();
            }
            Terminal terminal = connection.terminal();
            Json imported =
                    connection
                            .api()
                            .post(
                                    "/feeds/" + Api.escape(feed) + "/import",
                                    Map.of("url", url, "acceptLoss", acceptLoss));
            terminal.show(
                    imported,
                    () -> {
                        terminal.line("%s", imported.text("sentence"));
                        String remark = remark(imported.at("feed"));
                        if (!remark.isEmpty() && !imported.text("sentence").contains(remark)) {
                            terminal.line("%s", remark);
                        }
                    });
            return switch (imported.text("outcome")) {
                case "REFUSED", "UNREACHABLE" -> Failure.REFUSED;
                default -> 0;
            };
        }
    }
}
