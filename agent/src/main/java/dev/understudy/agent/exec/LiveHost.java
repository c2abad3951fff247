package dev.understudy.agent.exec;

import java.nio.file.Path;

/// The host itself: commands run beside the agent and paths are what they say.
public final class LiveHost implements Place {
    @Override
    public Output run(Command command) throws InterruptedException {
        return Processes.run(command.arguments(), command);
    }

    @Override
    public Path path(String absolute) {
        Path path = Path.of(absolute);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("'%s' is not absolute".formatted(absolute));
        }
        return path;
    }
}
