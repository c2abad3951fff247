package dev.understudy.fleetsim;

import dev.understudy.fleetsim.policy.PolicyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/// The `fleetsim` command.
@Command(
        name = "fleetsim",
        description =
                "Fleets that do not exist: to make them, and to try ways of patching on them.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = {FleetCommand.class, PolicyCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
