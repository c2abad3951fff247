package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `rollout rehearsals`: which rehearsals a rollout rests on.
@Command(
        name = "rehearsals",
        description = "Which rehearsals a rollout rests on, and how many hosts each speaks for.",
        mixinStandardHelpOptions = true)
final class RolloutRehearsalsCommand extends RolloutLook {
    @Option(names = "--hosts", description = "Host by host: whose rehearsal each rests on.")
    private boolean hosts;

    RolloutRehearsalsCommand() {
        super("rehearsals");
    }

    @Override
    void print(Terminal terminal, Json shown) {
        terminal.line("%s", shown.text("sentence"));
        if (hosts) {
            terminal.table(
                    shown.items(),
                    "No hosts.",
                    field("HOST", h -> h.text("name")),
                    field("CLASS", h -> h.text("ofClass")),
                    field("RESTS ON", h -> h.text("provenance")));
            return;
        }
        terminal.table(
                shown.list("classes"),
                "No classes.",
                field("CLASS", c -> c.text("name")),
                field("HOSTS", c -> c.text("hosts")),
                field("SHARE", RolloutRehearsalsCommand::share),
                field("REHEARSED", c -> c.text("rehearsed")),
                field("VERDICT", c -> Words.code(c.text("verdict"))),
                field("ON", c -> c.text("on")),
                field("AT", c -> c.instant("at").map(Terminal::time).orElse("")));
    }

    private static String share(Json one) {
        return String.format(Locale.ROOT, "%.1f %%", Double.parseDouble(one.text("percent")));
    }
}
