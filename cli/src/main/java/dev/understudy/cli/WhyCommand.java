package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `why`: for everything that is not as safe as it could be, the reason: of the fleet, on how many
/// hosts; of one host, for each package.
@Command(
        name = "why",
        description = "Why packages are not patched: in the fleet, or on one host.",
        mixinStandardHelpOptions = true)
final class WhyCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Mixin private final Listing listing = new Listing();

    @Parameters(
            index = "0",
            paramLabel = "HOST",
            arity = "0..1",
            description = "Name or id. Default: the whole fleet.")
    private @Nullable String host;

    @Parameters(
            index = "1",
            paramLabel = "PACKAGE",
            arity = "0..1",
            description = "Only this package.")
    private @Nullable String wanted;

    @Option(names = "--group", description = "Of the fleet: only hosts of this group.")
    private @Nullable String group;

    @Override
    public Integer call() throws IOException {
        return host == null ? ofFleet() : ofHost(host);
    }

    private int ofFleet() throws IOException {
        Question question = new Question("/why").with("group", group);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Json why = listing.part(connection, question);
        Terminal terminal = connection.terminal();
        terminal.show(
                why,
                () -> {
                    terminal.table(
                            why.items(),
                            "Everything is patched, as far as is known.",
                            field("PATCH OR PACKAGE", WhyCommand::subject),
                            field("REASON", row -> Words.code(row.text("reason.code"))),
                            field("HOSTS", row -> row.text("hosts")),
                            field("FIRST", WhyCommand::first),
                            field("", row -> row.text("reason.sentence")));
                    terminal.more(why);
                });
        return 0;
    }

    private static String subject(Json row) {
        return row.text("subject").isEmpty() ? "the host" : row.text("subject");
    }

    private static String first(Json row) {
        return row.list("first").stream()
                .map(each -> each.text("name"))
                .collect(Collectors.joining(" "));
    }

    private int ofHost(String name) throws IOException {
        Question question =
                new Question("/hosts/" + Api.escape(name) + "/why").with("package", wanted);
        if (listing.whole()) {
            return listing.copy(connection, question);
        }
        Terminal terminal = connection.terminal();
        Json why = listing.part(connection, question);
        terminal.show(
                why,
                () -> {
                    terminal.table(
                            why.items(),
                            wanted == null
                                    ? "Everything on " + name + " is patched."
                                    : wanted + " is not pending on " + name + ".",
                            field("PACKAGE", p -> p.text("packageName")),
                            field("INSTALLED", p -> p.text("installedVersion")),
                            field("CANDIDATE", p -> p.text("candidateVersion")),
                            field("REASON", p -> Words.code(p.text("reason.code"))),
                            field("", p -> p.text("reason.sentence")));
                    terminal.more(why);
                    why.list("host")
                            .forEach(reason -> terminal.line("%s", reason.text("sentence")));
                });
        return 0;
    }
}
