package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `calibration`: how far forecasts were right.
@Command(
        name = "calibration",
        description = "How far the forecasts of rollouts were right.",
        mixinStandardHelpOptions = true)
final class CalibrationCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json table = connection.api().get("/calibration");
        terminal.show(table, () -> print(terminal, table));
        return 0;
    }

    private static void print(Terminal terminal, Json table) {
        if (table.number("rollouts") == 0) {
            terminal.line(
                    "No forecast was scored yet: that is done some minutes after a rollout's end.");
            return;
        }
        terminal.line(
                "%d rollouts: Brier score %s, of the prior alone %s (less is better); the failed hosts were within the interval in %s, meant to be 90 %% or more.",
                table.number("rollouts"),
                score(table.text("brier")),
                score(table.text("flatBrier")),
                RolloutForecastCommand.percent(table.text("covered")));
        terminal.line("Where a failure of any host was forecast with this probability, it came:");
        terminal.table(
                table.list("bins").stream().filter(bin -> bin.number("rollouts") > 0).toList(),
                "none",
                field(
                        "FORECAST",
                        bin ->
                                "%s to %s"
                                        .formatted(
                                                RolloutForecastCommand.percent(bin.text("from")),
                                                RolloutForecastCommand.percent(bin.text("to")))),
                field("ROLLOUTS", bin -> bin.text("rollouts")),
                field("MEAN", bin -> RolloutForecastCommand.percent(bin.text("forecast"))),
                field("CAME", bin -> RolloutForecastCommand.percent(bin.text("came"))));
    }

    private static String score(String text) {
        return String.format(Locale.ROOT, "%.4f", Double.parseDouble(text));
    }
}
