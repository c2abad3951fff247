package dev.understudy.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `completion`: a script that lets the shell complete commands and options.
@Command(
        name = "completion",
        description =
                "Print a completion script for the shell. Use it with: source <(understudy completion bash)",
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    /// Shells that the script works in.
    enum Shell {
        bash,
        zsh
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "SHELL",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
            defaultValue = "bash")
    private Shell shell = Shell.bash;

    @Override
    public Integer call() {
        CommandLine whole = spec.root().commandLine();
        // zsh runs the same script through its bashcompinit, which the script loads by itself.
        String script = AutoComplete.bash(whole.getCommandName(), whole);
        spec.commandLine().getOut().print(script);
        if (shell == Shell.bash) {
            spec.commandLine()
                    .getOut()
                    .println("complete -F _complete_understudy -o default ./understudy");
        }
        spec.commandLine().getOut().flush();
        return 0;
    }
}
