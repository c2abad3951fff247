package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `rollout schedule`: when hosts are expected to be patched.
@Command(
        name = "schedule",
        description = "When each host of a rollout is expected to be patched.",
        mixinStandardHelpOptions = true)
final class RolloutScheduleCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(
            paramLabel = "ROLLOUT",
            arity = "0..1",
            description = RolloutNames.HOW + " Default: ${DEFAULT-VALUE}.",
            defaultValue = "latest")
    private String rollout = "latest";

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        Json plan = api.get("/rollouts/" + RolloutNames.id(api, rollout) + "/schedule");
        terminal.show(
                plan,
                () -> {
                    terminal.table(
                            plan.list("hosts"),
                            "No host is still to be patched.",
                            field("HOST", h -> h.text("name")),
                            field("WAVE", h -> h.text("wave")),
                            field("BEGINS", h -> Terminal.time(h.instant("begins").orElse(null))),
                            field("DONE", h -> Terminal.time(h.instant("done").orElse(null))),
                            field("DUE", RolloutScheduleCommand::due),
                            field("", h -> h.text("sentence")));
                    tell(terminal, plan);
                });
        return plan.number("notPlanned") == 0 && plan.number("late") == 0 ? 0 : Failure.NEGATIVE;
    }

    private static String due(Json host) {
        return host.instant("due").map(Terminal::time).orElse("–")
                + (host.flag("late") ? " LATE" : "");
    }

    private static void tell(Terminal terminal, Json plan) {
        terminal.line(
                "%s hosts planned, the last is done at %s; %s after their deadline; of %s it cannot be said when.",
                plan.text("planned"),
                Terminal.time(plan.instant("ends").orElse(null)),
                plan.text("late"),
                plan.text("notPlanned"));
        terminal.line(
                "Waiting, weighted by what it costs: %s on average. No order of hosts makes it less than %s, so this is at most %s %% from the best.",
                Terminal.span(plan.duration("meanWait")),
                Terminal.span(plan.duration("leastWait")),
                String.format(Locale.ROOT, "%.1f", Double.parseDouble(plan.text("gapPercent"))));
        terminal.line(
                "An apply is taken to last %s (%s).",
                Terminal.span(plan.duration("usual")),
                plan.flag("measured")
                        ? "the median of those before"
                        : "a guess: there was none yet");
    }
}
