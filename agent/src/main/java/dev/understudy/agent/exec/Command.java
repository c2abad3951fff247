package dev.understudy.agent.exec;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A command as an argument vector: there is no shell between us and the program.
///
/// @param limit after this time the whole process group is killed
/// @param environment variables added to the fixed, minimal environment (C.UTF-8, noninteractive)
public record Command(List<String> arguments, Duration limit, Map<String, String> environment) {
    private static final Duration USUAL = Duration.ofMinutes(2);

    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
    }

    public static Command of(String... arguments) {
        return new Command(List.of(arguments), USUAL, Map.of());
    }

    public static Command of(List<String> arguments) {
        return new Command(arguments, USUAL, Map.of());
    }

    public Command within(Duration bound) {
        return new Command(arguments, bound, environment);
    }

    @Override
    public String toString() {
        return String.join(" ", arguments);
    }
}
