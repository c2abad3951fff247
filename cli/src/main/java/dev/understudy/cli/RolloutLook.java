package dev.understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// A command that shows one thing about one rollout.
abstract class RolloutLook implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Parameters(paramLabel = "ROLLOUT", description = RolloutNames.HOW)
    private String rollout = "";

    private final String what;

    /// @param what the resource below the rollout's own
    RolloutLook(String what) {
        this.what = what;
    }

    abstract void print(Terminal terminal, Json shown);

    /// What the command ends with.
    int exitCode(Json shown) {
        return 0;
    }

    @Override
    public final Integer call() {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        Json shown = api.get("/rollouts/%s/%s".formatted(RolloutNames.id(api, rollout), what));
        terminal.show(shown, () -> print(terminal, shown));
        return exitCode(shown);
    }
}
