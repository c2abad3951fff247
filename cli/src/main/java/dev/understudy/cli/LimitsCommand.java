package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `limits`: how much may be in work at once.
@Command(
        name = "limits",
        description = "Disruption budgets and capacity: how much may be in work at once.",
        mixinStandardHelpOptions = true,
        subcommands = {LimitsCommand.Budget.class, LimitsCommand.Capacity.class})
final class LimitsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        tell(connection.terminal(), connection.api().get("/work-limits"));
        return 0;
    }

    private static void tell(Terminal terminal, Json limits) {
        terminal.show(
                limits,
                () -> {
                    terminal.table(
                            limits.list("budgets"),
                            "No disruption budget is set.",
                            field(
                                    "WHERE",
                                    b ->
                                            b.text("group").isEmpty()
                                                    ? "whole fleet"
                                                    : "group " + b.text("group")),
                            field("HOSTS IN WORK AT MOST", b -> b.text("most")));
                    terminal.line(
                            "At once: %s applies, %s rehearsals.",
                            count(limits.text("applies")), count(limits.text("rehearsals")));
                });
    }

    private static String count(String most) {
        return most.isEmpty() ? "any number of" : "at most " + most;
    }

    @Command(
            name = "budget",
            description = "Set how many hosts of a group, or of the fleet, may be in work at once.",
            mixinStandardHelpOptions = true)
    static final class Budget implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(names = "--group", description = "Of this group; without, of the whole fleet.")
        private @Nullable String group;

        @Option(
                names = "--most",
                description = "How many hosts: 2, or 10%%. Without, there is no budget any more.")
        private @Nullable String most;

        @Override
        public Integer call() {
            Map<String, Object> wanted = new LinkedHashMap<>();
            if (group != null) {
                wanted.put("group", group);
            }
            if (most != null) {
                wanted.put("most", most);
            }
            tell(connection.terminal(), connection.api().put("/work-limits/budget", wanted));
            return 0;
        }
    }

    @Command(
            name = "capacity",
            description =
                    "Set how many applies and rehearsals may be under way at once; what is left out is not limited.",
            mixinStandardHelpOptions = true)
    static final class Capacity implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(names = "--applies", description = "How many applies.")
        private @Nullable Integer applies;

        @Option(names = "--rehearsals", description = "How many rehearsals.")
        private @Nullable Integer rehearsals;

        @Override
        public Integer call() {
            Map<String, Object> wanted = new LinkedHashMap<>();
            if (applies != null) {
                wanted.put("applies", applies);
            }
            if (rehearsals != null) {
                wanted.put("rehearsals", rehearsals);
            }
            tell(connection.terminal(), connection.api().put("/work-limits/capacity", wanted));
            return 0;
        }
    }
}
