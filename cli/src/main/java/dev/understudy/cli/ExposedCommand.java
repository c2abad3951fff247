package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `exposed`: who is exposed to a vulnerability, now or at any past instant.
@Command(
        name = "exposed",
        description = "Which hosts are exposed to a CVE, now or at a past time.",
        mixinStandardHelpOptions = true)
final class ExposedCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Mixin private final Listing listing = new Listing();

    @Parameters(paramLabel = "CVE", description = "A CVE, or an advisory that names none.")
    private String cve = "";

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "2026-11-23T12:00:00Z, or a day: its end. Default: now.")
    private @Nullable String at;

    @Option(names = "--group", description = "Only hosts of this group.")
    private @Nullable String group;

    @Option(names = "--survival", description = "How long exposures to it last, instead of whose.")
    private boolean survival;

    @Option(
            names = "--episodes",
            description =
                    "From when to when each host was exposed, as CSV or --ndjson. A clock stops when the fix is"
                            + " in effect, not when it is installed.")
    private boolean episodes;

    @Override
    public Integer call() throws IOException {
        String path = "/exposed/" + Api.escape(cve);
        if (episodes) {
            return listing.copy(connection, new Question(path + "/episodes").with("group", group));
        }
        Question question =
                survival
                        ? new Question(path + "/survival").with("group", group)
                        : new Question(path).with("group", group).with("at", at);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Terminal terminal = connection.terminal();
        Json answer = listing.part(connection, question);
        terminal.show(
                answer, survival ? () -> curve(terminal, answer) : () -> hosts(terminal, answer));
        return 0;
    }

    private void hosts(Terminal terminal, Json answer) {
        terminal.table(
                answer.items(),
                "No host is exposed to " + cve + ", as far as is known.",
                field("HOST", row -> row.text("name")),
                field("GROUP", row -> row.text("group")),
                field("PACKAGE", row -> row.text("source")),
                field("VERSION", row -> row.text("version")),
                field("FIXED IN", row -> row.text("fixed")),
                field("SAID BY", row -> row.text("advisory")),
                field("FIX", ExposedCommand::fix),
                field("", row -> row.text("assumed")));
        long hosts = answer.number("hosts");
        if (hosts > 0) {
            terminal.line(
                    "%d %s exposed%s.",
                    hosts, hosts == 1 ? "host is" : "hosts are", at == null ? "" : " at " + at);
        }
        terminal.more(answer);
    }

    /// Where the fix is, seen from the host.
    private static String fix(Json row) {
        if (row.text("state").equals("NOT_IN_EFFECT")) {
            return "installed, not in effect";
        }
        return row.text("patch").isEmpty() ? "none that the host can get" : "pending";
    }

    private static void curve(Terminal terminal, Json answer) {
        terminal.table(
                answer.list("curve"),
                "No exposure has ended by a fix yet.",
                field("AFTER", point -> Terminal.span(point.duration("after"))),
                field("STILL OPEN", point -> share(point, "open")),
                field("95 %", point -> share(point, "low") + " to " + share(point, "high")),
                field("AT RISK", point -> point.text("atRisk")),
                field("FIXED", point -> point.text("fixed")));
        terminal.line(
                "%s exposures, %s fixed; half of them within %s.",
                answer.text("episodes"),
                answer.text("fixed"),
                answer.text("halfLife").isEmpty()
                        ? "a time that cannot be told yet"
                        : Terminal.span(answer.duration("halfLife")));
        if (answer.number("points") > answer.list("curve").size()) {
            terminal.line(
                    "%d of %s points. All of them: --csv",
                    answer.list("curve").size(), answer.text("points"));
        }
    }

    private static String share(Json point, String name) {
        return "%.1f %%".formatted(100 * Double.parseDouble(point.text(name)));
    }
}
