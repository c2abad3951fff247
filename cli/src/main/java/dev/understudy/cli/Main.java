package dev.understudy.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The entry point of `understudy`.
@Command(
        name = "understudy",
        description = "Autonomous patch management for Linux fleets.",
        mixinStandardHelpOptions = true,
        version = "understudy 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused or failed; the message says why",
            "2:the command line was wrong",
            "3:the control plane could not be reached",
            "4:the answer is no (a check did not hold, something is broken)"
        },
        subcommands = {
            Up.class,
            Down.class,
            StatusCommand.class,
            HostsCommand.class,
            PatchesCommand.class,
            WhyCommand.class,
            ExposedCommand.class,
            WhatIfCommand.class,
            DeadlinesCommand.class,
            ChangesCommand.class,
            AdvisoriesCommand.class,
            RehearseCommand.class,
            RolloutCommand.class,
            RollbackCommand.class,
            EscalationsCommand.class,
            SignalsCommand.class,
            CalibrationCommand.class,
            QuarantineCommand.class,
            StopAllCommand.class,
            CheckpointsCommand.class,
            GroupsCommand.class,
            WindowsCommand.class,
            FreezesCommand.class,
            HaCommand.class,
            LimitsCommand.class,
            SequenceCommand.class,
            FeedsCommand.class,
            ExceptionsCommand.class,
            DeadlineRulesCommand.class,
            TokensCommand.class,
            KeysCommand.class,
            EventsCommand.class,
            AuditCommand.class,
            ConsoleCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        })
final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler(
                (thrown, command, _) -> {
                    if (thrown instanceof Failure failure) {
                        command.getErr().println(failure.getMessage());
                        return failure.exitCode();
                    }
                    throw thrown;
                });
        line.setParameterExceptionHandler(Main::wrongLine);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    /// What is wrong, what was perhaps meant, and where all of it is told: a page of help would
    /// hide the one sentence that matters.
    private static int wrongLine(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, err);
        CommandLine.Help help = command.getHelp();
        err.print(help.synopsisHeading() + help.synopsis(0));
        err.println("More: %s --help".formatted(command.getCommandSpec().qualifiedName()));
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }
}
