package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;

/// `rollout forecast`: what a rollout was expected to break, from what, and whether that comes out
/// the same again.
@Command(
        name = "forecast",
        description = "What a rollout was expected to break, made again from its record.",
        mixinStandardHelpOptions = true)
final class RolloutForecastCommand extends RolloutLook {
    RolloutForecastCommand() {
        super("forecast");
    }

    @Override
    int exitCode(Json shown) {
        return shown.flag("replays") && shown.flag("recounts") ? 0 : Failure.NEGATIVE;
    }

    /// What a rollout was expected to break; empty for one without a forecast.
    static Optional<String> sentence(Api api, String rollout) {
        return api.get("/forecasts?rollout=" + Api.escape(rollout)).items().stream()
                .map(forecast -> forecast.text("sentence"))
                .findFirst();
    }

    @Override
    void print(Terminal terminal, Json shown) {
        terminal.line("%s", shown.text("sentence"));
        terminal.line(
                "Made at %s by model %s, from how many other versions of the class, of the package, and of the package here, and from how many hosts with this version:",
                Terminal.time(shown.instant("at").orElse(null)), shown.text("model"));
        terminal.table(
                shown.list("parts"),
                "No patches.",
                field("PATCH", part -> part.text("patch")),
                field("CONFIGURATION", part -> part.text("configuration")),
                field("BAD", part -> percent(part.text("bad"))),
                field("HOSTS FAIL", part -> percent(part.text("share"))),
                field("CLASS", part -> round(part.text("ofClass"))),
                field("PACKAGE", part -> round(part.text("ofPackage"))),
                field("HERE", part -> round(part.text("ofConfiguration"))),
                field(
                        "VERSION",
                        part ->
                                "%s, %s failed"
                                        .formatted(
                                                round(part.text("version")),
                                                round(part.text("versionFailed")))));
        terminal.line(
                "Made again from its record it comes out %s; counted again from every outcome, the record %s.",
                shown.flag("replays") ? "the same, bit by bit" : "DIFFERENT",
                shown.flag("recounts") ? "does, too" : "DOES NOT");
    }

    static String percent(String share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * Double.parseDouble(share));
    }

    private static String round(String number) {
        return String.format(Locale.ROOT, "%.1f", Double.parseDouble(number));
    }
}
