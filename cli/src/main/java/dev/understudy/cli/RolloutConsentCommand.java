package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who lets a rollout start: `rollout plan`, `rollout approvals`, `rollout object`, `rollout lift`.
final class RolloutConsentCommand {
    private RolloutConsentCommand() {}

    /// What people said about the rollout's start, in lines.
    static List<String> said(Json rollout) {
        List<String> lines = new ArrayList<>();
        for (Json approval : rollout.list("consent.approvals")) {
            lines.add(
                    "Approved by %s at %s, plan %s%s%s"
                            .formatted(
                                    approval.text("by"),
                                    Terminal.time(approval.instant("at").orElse(null)),
                                    RolloutNames.briefPlan(approval.text("planHash")),
                                    approval.text("reason").isEmpty()
                                            ? ""
                                            : ": " + approval.text("reason"),
                                    approval.text("voidReason").isEmpty()
                                            ? ""
                                            : " VOID: " + approval.text("voidReason")));
        }
        for (Json objection : rollout.list("consent.objections")) {
            lines.add(
                    "%s objected at %s: %s%s"
                            .formatted(
                                    objection.text("by"),
                                    Terminal.time(objection.instant("at").orElse(null)),
                                    objection.text("reason"),
                                    objection.text("liftedBy").isEmpty()
                                            ? ""
                                            : " Lifted by %s: %s"
                                                    .formatted(
                                                            objection.text("liftedBy"),
                                                            objection.text("liftReason"))));
        }
        return lines;
    }

    @Command(
            name = "plan",
            description =
                    "What an approval would be bound to now, word for word. Its SHA-256 is the plan's hash.",
            mixinStandardHelpOptions = true)
    static final class Plan implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", description = RolloutNames.HOW)
        private String rollout = "";

        @Option(names = "--hash", description = "Only the hash.")
        private boolean hash;

        @Override
        public Integer call() throws IOException {
            Api api = connection.api();
            String id = RolloutNames.id(api, rollout);
            try (InputStream body = api.stream("/rollouts/" + id + "/plan", "text/plain")) {
                byte[] text = body.readAllBytes();
                connection
                        .terminal()
                        .line(
                                "%s",
                                hash
                                        ? Sha256.of(text)
                                        : new String(text, StandardCharsets.UTF_8).stripTrailing());
            }
            return 0;
        }
    }

    @Command(
            name = "approvals",
            description =
                    "What was approved and by whom; whether each text still has the hash that the audit trail has.",
            mixinStandardHelpOptions = true)
    static final class Approvals extends RolloutLook {
        Approvals() {
            super("approvals");
        }

        @Override
        void print(Terminal terminal, Json shown) {
            terminal.table(
                    shown.items(),
                    "Nobody approved anything of it.",
                    field("AT", a -> Terminal.time(a.instant("at").orElse(null))),
                    field("BY", a -> a.text("by")),
                    field("PLAN", a -> a.text("planHash")),
                    field("TEXT", a -> genuine(a) ? "as hashed" : "ALTERED"),
                    field(
                            "",
                            a ->
                                    a.text("voidReason").isEmpty()
                                            ? a.text("reason")
                                            : a.text("voidReason")));
        }

        @Override
        int exitCode(Json shown) {
            return shown.items().stream().allMatch(Approvals::genuine) ? 0 : Failure.NEGATIVE;
        }

        private static boolean genuine(Json approval) {
            return Sha256.of(approval.text("plan").getBytes(StandardCharsets.UTF_8))
                    .equals(approval.text("planHash"));
        }
    }

    @Command(
            name = "triage",
            description =
                    "Which evidence the hosts secured before they were patched; the bundles stay there.",
            mixinStandardHelpOptions = true)
    static final class Evidence extends RolloutLook {
        Evidence() {
            super("triage");
        }

        @Override
        void print(Terminal terminal, Json shown) {
            terminal.table(
                    shown.items(),
                    "No host of it was to secure evidence, or none has yet.",
                    field("HOST", e -> e.text("host")),
                    field("AT", e -> Terminal.time(e.instant("at").orElse(null))),
                    field("SHA-256", e -> e.text("outcome.sha256")),
                    field("BYTES", e -> e.text("outcome.bytes")),
                    field("", Evidence::what));
        }

        @Override
        int exitCode(Json shown) {
            return shown.items().stream().allMatch(e -> e.text("outcome.type").equals("Kept"))
                    ? 0
                    : Failure.NEGATIVE;
        }

        private static String what(Json entry) {
            return entry.text("outcome.type").equals("Kept")
                    ? entry.text("outcome.file")
                            + entry.texts("outcome.incomplete").stream()
                                    .map("; %s"::formatted)
                                    .collect(java.util.stream.Collectors.joining())
                    : "MISSING: " + entry.text("outcome.why");
        }
    }

    @Command(
            name = "object",
            description = "Keep an announced rollout from starting until somebody lifts that.",
            mixinStandardHelpOptions = true)
    static final class Objecting extends RolloutCommand.Word {
        Objecting() {
            super("object", "does not start");
        }
    }

    @Command(
            name = "lift",
            description = "Take an objection back; the rollout is announced anew.",
            mixinStandardHelpOptions = true)
    static final class Lift extends RolloutCommand.Word {
        Lift() {
            super("lift", "is announced anew");
        }
    }
}
