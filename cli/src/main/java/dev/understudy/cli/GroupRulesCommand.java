package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How far the machine may go in a group: `groups show`, `groups rules`.
final class GroupRulesCommand {
    private static final Set<String> PATCHES =
            Set.of("KERNEL", "DATA", "SERVICE", "LIBRARY", "PLAIN");
    private static final Set<String> DEADLINES =
            Set.of("THREE_DAYS", "FOURTEEN_DAYS", "SIXTY_DAYS", "ON_UPGRADE", "NONE");

    private GroupRulesCommand() {}

    private static String path(String group) {
        return "/groups/" + Api.escape(group) + "/autonomy";
    }

    private static String upper(String value) {
        return value.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /// `kernel,three-days=veto:PT4H` as the API has it.
    static Map<String, Object> rule(String text) {
        String[] sides = text.split("=", -1);
        if (sides.length != 2) {
            throw wrong(text);
        }
        Map<String, Object> rule = new LinkedHashMap<>();
        for (String each : sides[0].split(",", -1)) {
            String name = upper(each);
            if (PATCHES.contains(name)) {
                rule.put("patchClass", name);
            } else if (DEADLINES.contains(name)) {
                rule.put("deadlineClass", name);
            } else if (!name.equals("ANY")) {
                throw wrong(text);
            }
        }
        String[] how = sides[1].split(":", 2);
        rule.put("autonomy", upper(how[0]));
        if (how.length == 2) {
            rule.put("veto", how[1]);
        }
        return rule;
    }

    private static Failure wrong(String text) {
        return new Failure(
                2,
                "'%s' is no rule. Write CLASS,DEADLINE=AUTONOMY, such as kernel=approve, data,three-days=veto:PT4H or any=automatic; classes are %s, deadlines %s."
                        .formatted(text, names(PATCHES), names(DEADLINES)));
    }

    private static String names(Set<String> codes) {
        return String.join(
                ", ",
                codes.stream()
                        .map(code -> code.toLowerCase(Locale.ROOT).replace('_', '-'))
                        .sorted()
                        .toList());
    }

    /// One row of the table.
    private record Row(
            String number, String patch, String deadline, String autonomy, String veto) {}

    static void show(Terminal terminal, Json view) {
        List<Row> rows = new ArrayList<>();
        for (Json rule : view.list("autonomy.rules")) {
            rows.add(
                    row(
                            view,
                            Integer.toString(rows.size() + 1),
                            any(rule.text("patchClass")),
                            any(rule.text("deadlineClass")),
                            rule.text("autonomy"),
                            rule.text("veto")));
        }
        rows.add(row(view, "else", "any", "any", view.text("otherwise"), ""));
        terminal.table(
                rows,
                "",
                field("RULE", Row::number),
                field("PATCH", Row::patch),
                field("DEADLINE", Row::deadline),
                field("AUTONOMY", Row::autonomy),
                field("VETO WINDOW", Row::veto));
        terminal.line(
                "The first rule that fits a patch decides. Emergencies (due within three days) soak for %s; evidence is secured first: %s, and a failure to secure it %s.",
                view.text("autonomy.emergencySoak").isEmpty()
                        ? "as long as the rest"
                        : Terminal.span(view.duration("autonomy.emergencySoak")),
                Words.code(view.text("autonomy.triage")),
                view.flag("autonomy.triageMayFail") ? "is only reported" : "stops the patch");
    }

    private static Row row(
            Json view, String number, String patch, String deadline, String autonomy, String veto) {
        boolean announced = autonomy.equals("VETO");
        return new Row(
                number,
                patch,
                deadline,
                Words.code(autonomy),
                !announced ? "" : veto.isEmpty() ? view.text("autonomy.veto") : veto);
    }

    private static String any(String code) {
        return code.isEmpty() ? "any" : Words.code(code);
    }

    @Command(
            name = "show",
            description = "How far the machine may go in a group, as a table.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "GROUP", description = "Its name.")
        private String group = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json view = connection.api().get(path(group));
            terminal.show(view, () -> GroupRulesCommand.show(terminal, view));
            return 0;
        }
    }

    @Command(
            name = "rules",
            description = "Decide how far the machine may go, by class of patch and of deadline.",
            mixinStandardHelpOptions = true)
    static final class Rules implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "GROUP", description = "Its name.")
        private String group = "";

        @Option(
                names = "--rule",
                description =
                        "CLASS,DEADLINE=AUTONOMY (repeatable, in order; the first that fits decides): kernel=approve, data,three-days=veto:PT4H, any=automatic. All rules together replace the former ones.")
        private @Nullable List<String> rules;

        @Option(names = "--no-rules", description = "Only the group's own autonomy holds.")
        private boolean none;

        @Option(
                names = "--veto",
                description = "How long a rollout is announced before it starts (PT24H).")
        private @Nullable String veto;

        @Option(
                names = "--emergency-soak",
                description =
                        "Soak of rollouts of which all is due within three days (PT2M); 'usual' for as long as the rest.")
        private @Nullable String emergencySoak;

        @Option(
                names = "--triage",
                description =
                        "When evidence is secured on a host before it is patched: NEVER, WHERE_ASKED (by the directive) or EMERGENCIES (all due within three days).")
        private @Nullable String triage;

        @Option(
                names = "--triage-may-fail",
                arity = "1",
                description = "true: patch also where evidence could not be secured.")
        private @Nullable Boolean mayFail;

        @Override
        public Integer call() {
            Map<String, Object> wanted = new LinkedHashMap<>();
            if (none) {
                wanted.put("rules", List.of());
            } else if (rules != null) {
                wanted.put("rules", rules.stream().map(GroupRulesCommand::rule).toList());
            }
            put(wanted, "veto", veto);
            if ("usual".equals(emergencySoak)) {
                wanted.put("usualSoak", true);
            } else {
                put(wanted, "emergencySoak", emergencySoak);
            }
            put(wanted, "triage", triage == null ? null : upper(triage));
            put(wanted, "triageMayFail", mayFail);
            if (wanted.isEmpty()) {
                throw new Failure(2, "Nothing to decide; see understudy groups rules --help.");
            }
            Terminal terminal = connection.terminal();
            Json view = connection.api().put(path(group), wanted);
            terminal.show(view, () -> GroupRulesCommand.show(terminal, view));
            return 0;
        }

        private static void put(Map<String, Object> into, String name, @Nullable Object value) {
            if (value != null) {
                into.put(name, value);
            }
        }
    }
}
