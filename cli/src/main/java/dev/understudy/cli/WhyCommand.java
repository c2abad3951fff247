package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `why`: for each package that is not as safe as it could be, the reason.
@Command(
        name = "why",
        description = "Why a host's packages are not patched.",
        mixinStandardHelpOptions = true)
final class WhyCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "HOST", description = "Name or id.")
    private String host = "";

    @Parameters(
            index = "1",
            paramLabel = "PACKAGE",
            arity = "0..1",
            description = "Only this package.")
    private @Nullable String wanted;

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json why = connection.api().get("/hosts/" + Api.escape(host) + "/why");
        List<Json> rows =
                why.items().stream()
                        .filter(
                                row ->
                                        wanted == null
                                                || row.text("packageName").equals(wanted)
                                                || row.text("patch").contains("/" + wanted + "/"))
                        .toList();
        terminal.show(
                why,
                () ->
                        terminal.table(
                                rows,
                                wanted == null
                                        ? "Everything on " + host + " is patched."
                                        : wanted + " is not pending on " + host + ".",
                                field("PACKAGE", p -> p.text("packageName")),
                                field("INSTALLED", p -> p.text("installedVersion")),
                                field("CANDIDATE", p -> p.text("candidateVersion")),
                                field("REASON", p -> Words.code(p.text("reason.code"))),
                                field("", p -> p.text("reason.sentence"))));
        if (!terminal.json()) {
            why.list("host").forEach(reason -> terminal.line("%s", reason.text("sentence")));
        }
        return 0;
    }
}
