package dev.understudy.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The control plane's program, as it is built in this checkout.
final class ServerProgram {
    private ServerProgram() {}

    static List<String> command(List<String> arguments) {
        Path target = DataFolder.project().resolve("server/target");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx1g",
                                "-XX:+ExitOnOutOfMemoryError",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                target.resolve("understudy-server-0.1.0-SNAPSHOT.jar")
                                        + ":"
                                        + target.resolve("lib")
                                        + "/*",
                                "dev.understudy.app.Main"));
        command.addAll(arguments);
        return command;
    }
}
