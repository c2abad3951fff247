package dev.understudy.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What a person decides about one host of a rollout.
abstract class RolloutHostCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "ROLLOUT", description = RolloutNames.HOW)
    private String rollout = "";

    @Parameters(index = "1", paramLabel = "HOST", description = "Name or id.")
    private String host = "";

    @Option(names = "--reason", description = "Why; it is recorded.", required = true)
    private String reason = "";

    private final String word;

    RolloutHostCommand(String word) {
        this.word = word;
    }

    /// What goes with the decision besides the reason.
    Map<String, String> more(Json member) {
        return Map.of();
    }

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        String path = "/rollouts/" + RolloutNames.id(api, rollout);
        Map<String, String> body = new LinkedHashMap<>(more(member(api.get(path))));
        body.put("reason", reason);
        Json answer = api.post(path + "/hosts/" + Api.escape(host) + "/" + word, body);
        Json member = member(answer);
        terminal.show(
                answer,
                () ->
                        terminal.line(
                                "%s: %s. %s",
                                member.text("name"),
                                Words.state(member.text("state")),
                                member.text("sentence")));
        return 0;
    }

    private Json member(Json whole) {
        return whole.list("members").stream()
                .filter(one -> one.text("name").equals(host) || one.text("host").equals(host))
                .findFirst()
                .orElseThrow(
                        () ->
                                new Failure(
                                        Failure.REFUSED,
                                        "%s is not in rollout %s. See: understudy rollout show %s"
                                                .formatted(host, rollout, rollout)));
    }

    @Command(
            name = "accept",
            description =
                    "Let a host be patched although its rehearsal was inconclusive. The host's own policy must allow it too.",
            mixinStandardHelpOptions = true)
    static final class Accept extends RolloutHostCommand {
        @Option(
                names = "--plan",
                description =
                        "Digest of the plan that you saw; another plan is refused. Default: the plan as it is now.")
        private @Nullable String plan;

        Accept() {
            super("accept");
        }

        @Override
        Map<String, String> more(Json member) {
            return Map.of("planDigest", plan == null ? member.text("planDigest") : plan);
        }
    }

    @Command(
            name = "skip",
            description = "Leave a host out of a rollout.",
            mixinStandardHelpOptions = true)
    static final class Skip extends RolloutHostCommand {
        Skip() {
            super("skip");
        }
    }

    @Command(
            name = "retry",
            description = "Let a host rehearse once more.",
            mixinStandardHelpOptions = true)
    static final class Retry extends RolloutHostCommand {
        Retry() {
            super("retry");
        }
    }
}
