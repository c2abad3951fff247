package dev.understudy.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `rollback`: every host that a rollout changed goes back to its checkpoint.
@Command(
        name = "rollback",
        description = "Put every host that a rollout changed back to its checkpoint.",
        mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(paramLabel = "ROLLOUT", description = RolloutNames.HOW)
    private String rollout = "";

    @Option(names = "--reason", description = "Why; it is recorded.", required = true)
    private String reason = "";

    @Option(names = "--watch", description = "Watch until it is done.")
    private boolean watch;

    @Override
    public Integer call() throws InterruptedException {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        String id = RolloutNames.id(api, rollout);
        Json answer = api.post("/rollouts/" + id + "/rollback", Map.of("reason", reason));
        if (watch) {
            return new RolloutWatch(api, terminal).follow(id);
        }
        terminal.show(
                answer,
                () ->
                        terminal.line(
                                "%s Watch it with: understudy rollout watch %s",
                                answer.text("summary.sentence"), RolloutNames.brief(id)));
        return 0;
    }
}
