package dev.understudy.agent.exec;

import java.nio.file.Path;

/// Where commands run and files are: the host itself, or its twin. Code that takes a [Place] works
/// in both, which is what makes a rehearsal worth anything.
public interface Place {
    /// Runs the command and waits for it to end. A program that does not exist gives exit code 127;
    /// nothing is thrown for a command that fails.
    Output run(Command command) throws InterruptedException;

    /// The path on the agent's own file system at which this place's `absolute` path is found.
    Path path(String absolute);
}
