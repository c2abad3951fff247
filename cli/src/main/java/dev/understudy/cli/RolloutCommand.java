package dev.understudy.cli;

import static dev.understudy.cli.Terminal.field;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `rollout`: patches on their way to hosts, wave by wave.
@Command(
        name = "rollout",
        description = "List rollouts; start, watch and steer one.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RolloutCommand.Start.class,
            RolloutCommand.Show.class,
            RolloutCommand.Watch.class,
            RolloutCertificateCommand.class,
            RolloutScheduleCommand.class,
            RolloutForecastCommand.class,
            RolloutRehearsalsCommand.class,
            RolloutCommand.Approve.class,
            RolloutConsentCommand.Plan.class,
            RolloutConsentCommand.Approvals.class,
            RolloutConsentCommand.Evidence.class,
            RolloutConsentCommand.Objecting.class,
            RolloutConsentCommand.Lift.class,
            RolloutCommand.Pause.class,
            RolloutCommand.Resume.class,
            RolloutCommand.Halt.class,
            RolloutHostCommand.Accept.class,
            RolloutHostCommand.Skip.class,
            RolloutHostCommand.Retry.class
        })
final class RolloutCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Json rollouts = connection.api().get("/rollouts");
        terminal.show(
                rollouts,
                () ->
                        terminal.table(
                                rollouts.items(),
                                "No rollouts yet. Start one: understudy rollout start --group GROUP",
                                field("ROLLOUT", r -> RolloutNames.brief(r.text("id"))),
                                field("STATE", r -> Words.state(r.text("state"))),
                                field(
                                        "STARTED",
                                        r -> Terminal.time(r.instant("startedAt").orElse(null))),
                                field("BY", r -> r.text("startedBy").replaceFirst("^token:", "")),
                                field("", r -> r.text("title") + ": " + r.text("sentence"))));
        return 0;
    }

    @Command(name = "start", description = "Start a rollout.", mixinStandardHelpOptions = true)
    static final class Start implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(names = "--group", description = "To the hosts of this group.")
        private @Nullable String group;

        @Option(names = "--host", description = "To this host (repeatable).")
        private @Nullable List<String> hosts;

        @Parameters(
                paramLabel = "PATCH",
                arity = "0..*",
                description = "From `understudy patches`. Default: all security patches.")
        private @Nullable List<String> patches;

        @Option(
                names = "--outlook",
                description = "Say what the rollout would promise, and start nothing.")
        private boolean outlook;

        @Option(names = "--watch", description = "Watch until it ends.")
        private boolean watch;

        @Override
        public Integer call() throws InterruptedException {
            if ((group == null) == (hosts == null)) {
                throw new Failure(2, "To which hosts? Give --group, or --host once or more.");
            }
            Map<String, Object> wanted = new LinkedHashMap<>();
            if (group != null) {
                wanted.put("group", group);
            } else if (hosts != null) {
                wanted.put("hosts", hosts);
            }
            if (patches == null) {
                wanted.put("security", true);
            } else {
                wanted.put("patches", patches);
            }
            Terminal terminal = connection.terminal();
            Api api = connection.api();
            if (outlook) {
                Json promise = api.post("/rollouts/outlook", wanted);
                terminal.show(
                        promise,
                        () -> {
                            terminal.line("%s", promise.text("sentence"));
                            terminal.line("%s", promise.text("forecast"));
                        });
                return 0;
            }
            Json started = api.post("/rollouts", wanted);
            String id = started.text("summary.id");
            if (watch) {
                return new RolloutWatch(api, terminal).follow(id);
            }
            terminal.show(
                    started,
                    () ->
                            terminal.line(
                                    "Started %s: %s. %s Watch it with: understudy rollout watch %s",
                                    RolloutNames.brief(id),
                                    started.text("summary.title"),
                                    started.text("summary.promise"),
                                    RolloutNames.brief(id)));
            return 0;
        }
    }

    @Command(
            name = "show",
            description = "One rollout with every host in it.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", description = RolloutNames.HOW)
        private String rollout = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Api api = connection.api();
            String id = RolloutNames.id(api, rollout);
            Json shown = api.get("/rollouts/" + id);
            terminal.show(
                    shown,
                    () -> {
                        RolloutForecastCommand.sentence(api, id)
                                .ifPresent(forecast -> terminal.line("%s", forecast));
                        terminal.line(
                                "%s", api.get("/rollouts/" + id + "/rehearsals").text("sentence"));
                        RolloutWatch.describe(shown, terminal.width())
                                .forEach(line -> terminal.line("%s", line));
                    });
            return 0;
        }
    }

    @Command(
            name = "watch",
            description = "Watch a rollout until it ends.",
            mixinStandardHelpOptions = true)
    static final class Watch implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(
                paramLabel = "ROLLOUT",
                arity = "0..1",
                description = RolloutNames.HOW + " Default: ${DEFAULT-VALUE}.",
                defaultValue = "latest")
        private String rollout = "latest";

        @Override
        public Integer call() throws InterruptedException {
            Api api = connection.api();
            String id = RolloutNames.id(api, rollout);
            return new RolloutWatch(api, connection.terminal()).follow(id);
        }
    }

    /// What a person can say to a rollout.
    abstract static class Word implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", description = RolloutNames.HOW)
        private String rollout = "";

        @Option(names = "--reason", description = "Why; it is recorded.", defaultValue = "")
        private String reason = "";

        private final String word;
        private final String done;

        Word(String word, String done) {
            this.word = word;
            this.done = done;
        }

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Api api = connection.api();
            String id = RolloutNames.id(api, rollout);
            Json answer = api.post("/rollouts/" + id + "/" + word, Map.of("reason", reason));
            terminal.show(
                    answer,
                    () ->
                            terminal.line(
                                    "%s %s. %s",
                                    RolloutNames.brief(id), done, answer.text("summary.sentence")));
            return 0;
        }
    }

    @Command(
            name = "approve",
            description = "Let a rollout that waits for approval go on.",
            mixinStandardHelpOptions = true)
    static final class Approve implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", description = RolloutNames.HOW)
        private String rollout = "";

        @Option(names = "--reason", description = "Why; it is recorded.", defaultValue = "")
        private String reason = "";

        @Option(
                names = "--plan",
                description =
                        "Hash of the plan that you saw, or its first 12 digits or more; another plan is refused. Default: the plan as it is now.")
        private @Nullable String plan;

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Api api = connection.api();
            String path = "/rollouts/" + RolloutNames.id(api, rollout);
            String waiting = api.get(path).text("planHash");
            String hash = plan == null || begins(waiting, plan) ? waiting : plan;
            Json answer =
                    api.post(
                            path + "/approve",
                            hash.isEmpty()
                                    ? Map.of("reason", reason)
                                    : Map.of("planHash", hash, "reason", reason));
            terminal.show(
                    answer,
                    () ->
                            terminal.line(
                                    "Approved%s. %s",
                                    hash.length() < RolloutNames.BRIEF_PLAN
                                            ? ""
                                            : ", plan " + RolloutNames.briefPlan(hash),
                                    answer.text("summary.sentence")));
            return 0;
        }

        private static boolean begins(String waiting, String seen) {
            return seen.length() >= RolloutNames.BRIEF_PLAN && waiting.startsWith(seen);
        }
    }

    @Command(
            name = "pause",
            description = "Hold a rollout; hosts that are being patched finish.",
            mixinStandardHelpOptions = true)
    static final class Pause extends Word {
        Pause() {
            super("pause", "is paused");
        }
    }

    @Command(
            name = "resume",
            description = "Let a paused rollout go on.",
            mixinStandardHelpOptions = true)
    static final class Resume extends Word {
        Resume() {
            super("resume", "goes on");
        }
    }

    @Command(
            name = "halt",
            description = "End a rollout for good; patched hosts stay patched.",
            mixinStandardHelpOptions = true)
    static final class Halt extends Word {
        Halt() {
            super("halt", "is halted");
        }
    }
}
