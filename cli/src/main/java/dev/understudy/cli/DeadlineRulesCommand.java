package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `deadline-rules`: by which rule deadlines are set.
@Command(
        name = "deadline-rules",
        description = "The rules by which deadlines are set; decide one.",
        mixinStandardHelpOptions = true,
        subcommands = DeadlineRulesCommand.Set.class)
final class DeadlineRulesCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json rules = connection.api().get("/deadline-rules");
        terminal.show(
                rules,
                () ->
                        terminal.table(
                                rules.items(),
                                "No rule.",
                                field("GROUP", r -> group(r.text("group"))),
                                field("RULE", r -> standard(r.text("rule.standard"))),
                                field("DAYS", r -> String.join(", ", r.texts("rule.days"))),
                                field(
                                        "COUNTED",
                                        r ->
                                                r.flag("rule.businessDays")
                                                        ? "business days"
                                                        : "calendar days")));
        return 0;
    }

    /// The standard by the name that it is published under.
    private static String standard(String code) {
        return code.equals("BOD_26_04") ? "BOD 26-04" : code;
    }

    private static String group(String name) {
        return name.isEmpty() ? "(all others)" : name;
    }

    @Command(
            name = "set",
            description = "Decide the rule of a group, or of all groups without their own.",
            mixinStandardHelpOptions = true)
    static final class Set implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "RULE", description = "BOD_26_04, SSVC, PCI or SLA.")
        private String standard = "";

        @Option(names = "--group", description = "Only for this group.")
        private @Nullable String group;

        @Option(
                names = "--days",
                split = ",",
                description =
                        "Days for each level, the most urgent first: SSVC three, PCI two, SLA four.")
        private @Nullable List<Integer> days;

        @Option(names = "--business-days", description = "Count working days only.")
        private boolean businessDays;

        @Option(
                names = "--holidays",
                split = ",",
                description = "Days that are no working days: 2026-12-25,2026-12-26.")
        private @Nullable List<String> holidays;

        @Override
        public Integer call() {
            Map<String, Object> wanted = new LinkedHashMap<>();
            wanted.put("standard", standard.toUpperCase(Locale.ROOT).replace('-', '_'));
            wanted.put("businessDays", businessDays);
            if (group != null) {
                wanted.put("group", group);
            }
            if (days != null) {
                wanted.put("days", days);
            }
            if (holidays != null) {
                wanted.put("holidays", holidays);
            }
            Terminal terminal = connection.terminal();
            Json set = connection.api().put("/deadline-rules", wanted);
            terminal.show(
                    set,
                    () ->
                            terminal.line(
                                    "Deadlines of %s follow %s now.",
                                    group == null
                                            ? "all groups without a rule of their own"
                                            : group,
                                    standard(set.text("rule.standard"))));
            return 0;
        }
    }
}
