package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/// `rollout certificate`: what a rollout promises, by which boundaries, and how it decided.
@Command(
        name = "certificate",
        description = "What a rollout promises, its boundaries, and how it decided.",
        mixinStandardHelpOptions = true)
final class RolloutCertificateCommand extends RolloutLook {
    RolloutCertificateCommand() {
        super("certificate");
    }

    @Override
    void print(Terminal terminal, Json shown) {
        terminal.line("%s", shown.text("certificate.sentence"));
        if (!shown.flag("certificate.certified")) {
            shown.list("items").stream()
                    .filter(line -> line.text("entry.type").matches("Contrasted|Shared"))
                    .forEach(line -> terminal.line("%s", sentence(line)));
            return;
        }
        terminal.line("%s", shown.text("certificate.standing"));
        List<Json> strata = shown.at("certificate").list("strata");
        List<Json> plans = shown.list("plans");
        for (int i = 0; i < strata.size(); i++) {
            Json stratum = strata.get(i);
            terminal.line("");
            terminal.line(
                    "%s: %d hosts, %d canaries and a first sample of %d; at most %d hosts before acceptance.",
                    stratum.text("name"),
                    stratum.number("hosts"),
                    stratum.number("canaries"),
                    plans.get(i).number("first"),
                    stratum.number("limit"));
            terminal.table(
                    plans.get(i).list("looks"),
                    "No boundaries.",
                    field("JUDGED", look -> look.text("size")),
                    field("ACCEPT UP TO", RolloutCertificateCommand::accept),
                    field("HALT FROM", look -> look.text("haltAt")));
        }
        terminal.line("");
        List<Json> decided = new ArrayList<>();
        for (Json line : shown.list("items")) {
            if (!line.text("entry.type").equals("Judged")) {
                decided.add(line);
            }
        }
        terminal.table(
                decided,
                "Nothing was decided yet.",
                field("AT", line -> Terminal.time(line.instant("at").orElse(null))),
                field("WAVE", line -> line.text("entry.wave")),
                field(
                        "STRATUM",
                        line -> strata.get((int) line.number("entry.stratum")).text("name")),
                field("", RolloutCertificateCommand::sentence));
        terminal.line(
                "%d lines of record; made again from it, decisions and causes %s.",
                shown.number("lines"), shown.flag("replays") ? "come out the same" : "DIFFER");
    }

    private static String contrasted(Json line) {
        return "%s on %s of %s patched and %s of %s unpatched hosts: %s"
                .formatted(
                        line.text("entry.contrast.symptom"),
                        line.text("entry.contrast.patchedFailed"),
                        line.text("entry.contrast.patched"),
                        line.text("entry.contrast.controlFailed"),
                        line.text("entry.contrast.control"),
                        line.text("entry.cause").equals("EXTERNAL")
                                ? "an external cause, the wave proves nothing"
                                : "counts against the patch");
    }

    private static String accept(Json look) {
        return look.number("acceptUpTo") < 0 ? "–" : look.text("acceptUpTo");
    }

    private static String sentence(Json line) {
        return switch (line.text("entry.type")) {
            case "WaveBegan" -> "%s hosts get the patch".formatted(line.text("entry.hosts"));
            case "Contrasted" -> contrasted(line);
            case "Shared" ->
                    "rollout %s changed hosts too: %s"
                            .formatted(
                                    line.text("entry.other"),
                                    line.flag("entry.theirs")
                                            ? "the failures are put down to it"
                                            : "nothing tells them apart, it counts against both");
            case "PersonAccepted" -> "%s lets it go on".formatted(line.text("entry.by"));
            default ->
                    "%s judged, %s failed: %s"
                            .formatted(
                                    line.text("entry.judged"),
                                    line.text("entry.failed"),
                                    Words.state(line.text("entry.step.type")));
        };
    }
}
