package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `escalations`: deadlines that are missed unless somebody acts.
@Command(
        name = "escalations",
        description = "Deadlines that are missed unless somebody acts; say that you know of one.",
        mixinStandardHelpOptions = true,
        subcommands = EscalationsCommand.Acknowledge.class)
final class EscalationsCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json escalations = connection.api().get("/escalations");
        terminal.show(
                escalations,
                () ->
                        terminal.table(
                                escalations.items(),
                                "No deadline is in danger.",
                                field("WHOSE", EscalationsCommand::whose),
                                field("WAITS FOR", e -> Words.code(e.text("cause"))),
                                field("DUE", e -> Terminal.time(e.instant("due").orElse(null))),
                                field("TOLD", e -> e.text("told") + " times"),
                                field("KNOWN TO", e -> known(e)),
                                field("", e -> e.text("sentence"))));
        return escalations.items().stream().allMatch(e -> e.at("acknowledgedBy").present())
                ? 0
                : Failure.NEGATIVE;
    }

    private static String known(Json escalation) {
        String by = escalation.text("acknowledgedBy").replaceFirst("^token:", "");
        return by.isEmpty() ? "nobody" : by;
    }

    /// The rollout or the group by which it is named.
    private static String name(Json escalation) {
        return ofGroup(escalation)
                ? escalation.text("group")
                : RolloutNames.brief(escalation.text("rollout"));
    }

    private static boolean ofGroup(Json escalation) {
        return escalation.text("rollout").isEmpty();
    }

    private static String whose(Json escalation) {
        return (ofGroup(escalation) ? "group " : "rollout ") + name(escalation);
    }

    /// The lines that stand above everything else.
    static List<String> lines(List<Json> escalations) {
        return escalations.stream()
                .map(
                        e ->
                                "%s %s: %s%s"
                                        .formatted(
                                                e.at("acknowledgedBy").present()
                                                        ? "Deadline in danger,"
                                                        : "DEADLINE IN DANGER,",
                                                whose(e),
                                                e.text("sentence"),
                                                e.at("acknowledgedBy").present()
                                                        ? " Known to %s.".formatted(known(e))
                                                        : " Say that you know: understudy escalations ack "
                                                                + name(e)))
                .toList();
    }

    @Command(
            name = "ack",
            description = "Say that you know of it: it is told no more, and nothing else changes.",
            mixinStandardHelpOptions = true)
    static final class Acknowledge implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(
                paramLabel = "ROLLOUT|GROUP",
                description = "The rollout, by the last digits of its id, or the group.")
        private String whose = "";

        @Option(names = "--note", description = "What you do about it.", defaultValue = "")
        private String note = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Api api = connection.api();
            Json escalation =
                    api.get("/escalations").items().stream()
                            .filter(e -> !e.at("acknowledgedBy").present())
                            .filter(this::meant)
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new Failure(
                                                    Failure.REFUSED,
                                                    "No escalation of '%s' waits for anybody. See: understudy escalations"
                                                            .formatted(whose)));
            Json left =
                    api.post(
                            "/escalations/" + escalation.text("id") + "/acknowledge",
                            Map.of("note", note));
            terminal.show(
                    left,
                    () ->
                            terminal.line(
                                    "Noted that you know. The deadline stays %s: %s",
                                    Terminal.time(escalation.instant("due").orElse(null)),
                                    escalation.text("sentence")));
            return 0;
        }

        private boolean meant(Json escalation) {
            return ofGroup(escalation)
                    ? escalation.text("group").equals(whose)
                    : escalation.text("rollout").endsWith(whose);
        }
    }
}
