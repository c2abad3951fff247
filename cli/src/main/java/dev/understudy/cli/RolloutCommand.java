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
            RolloutCommand.Approve.class,
            RolloutCommand.Pause.class,
            RolloutCommand.Resume.class,
            RolloutCommand.Halt.class
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
                                "No rollouts yet.",
                                field("ROLLOUT", r -> r.text("id")),
                                field("", 40, r -> r.text("title")),
                                field("BY", r -> r.text("startedBy")),
                                field(
                                        "STARTED",
                                        r -> Terminal.time(r.instant("startedAt").orElse(null))),
                                field("STATE", r -> Words.state(r.text("state"))),
                                field("", 60, r -> r.text("sentence"))));
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
            Json started = api.post("/rollouts", wanted);
            if (watch) {
                return new RolloutWatch(api, terminal).follow(started.text("id"));
            }
            terminal.show(
                    started,
                    () ->
                            terminal.line(
                                    "Started %s. Watch it with: understudy rollout watch %s",
                                    started.text("id"), started.text("id")));
            return 0;
        }
    }

    @Command(
            name = "show",
            description = "One rollout with every host in it.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", description = "From `understudy rollout`.")
        private String rollout = "";

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Json shown = connection.api().get("/rollouts/" + Api.escape(rollout));
            terminal.show(
                    shown,
                    () -> RolloutWatch.describe(shown).forEach(line -> terminal.line("%s", line)));
            return 0;
        }
    }

    @Command(
            name = "watch",
            description = "Watch a rollout until it ends.",
            mixinStandardHelpOptions = true)
    static final class Watch implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", arity = "0..1", description = "Default: the newest.")
        private @Nullable String rollout;

        @Override
        public Integer call() throws InterruptedException {
            Api api = connection.api();
            String id = rollout;
            if (id == null) {
                List<Json> all = api.get("/rollouts").items();
                if (all.isEmpty()) {
                    throw new Failure(Failure.REFUSED, "No rollouts yet.");
                }
                id = all.getFirst().text("id");
            }
            return new RolloutWatch(api, connection.terminal()).follow(id);
        }
    }

    /// What a person can say to a rollout.
    abstract static class Word implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", description = "From `understudy rollout`.")
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
            Json answer =
                    connection
                            .api()
                            .post(
                                    "/rollouts/" + Api.escape(rollout) + "/" + word,
                                    Map.of("reason", reason));
            terminal.show(answer, () -> terminal.line("%s: %s.", rollout, done));
            return 0;
        }
    }

    @Command(
            name = "approve",
            description = "Let a rollout that waits for approval go on.",
            mixinStandardHelpOptions = true)
    static final class Approve implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(paramLabel = "ROLLOUT", description = "From `understudy rollout`.")
        private String rollout = "";

        @Option(names = "--reason", description = "Why; it is recorded.", defaultValue = "")
        private String reason = "";

        @Option(
                names = "--plan",
                description =
                        "Hash of the plan that you saw; another plan is refused. Default: the plan as it is now.")
        private @Nullable String plan;

        @Override
        public Integer call() {
            Terminal terminal = connection.terminal();
            Api api = connection.api();
            String path = "/rollouts/" + Api.escape(rollout);
            String hash = plan == null ? api.get(path).text("planHash") : plan;
            Json answer = api.post(path + "/approve", Map.of("planHash", hash, "reason", reason));
            terminal.show(answer, () -> terminal.line("%s: approved, plan %s.", rollout, hash));
            return 0;
        }
    }

    @Command(
            name = "pause",
            description = "Hold a rollout; hosts that are being patched finish.",
            mixinStandardHelpOptions = true)
    static final class Pause extends Word {
        Pause() {
            super("pause", "paused");
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
            super("halt", "halted");
        }
    }
}
