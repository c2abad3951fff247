package dev.understudy.lab;

import dev.understudy.lab.gateway.Gateway;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The gateway's own process, which lives as long as the lab is up.
record GatewayProcess(LabSettings lab) {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    /// Starts the gateway unless one with the same settings runs.
    void ensure() {
        var running = running();
        if (running.isPresent() && isCurrent()) {
            return;
        }
        stop();
        var command = new ArrayList<>(List.of("setsid"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "gateway", "--data", lab.data().toString()));
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectInput(new File("/dev/null"))
                            .redirectErrorStream(true)
                            .redirectOutput(log().toFile())
                            .start();
            boolean ready =
                    Waiting.until(START_LIMIT, () -> running().isPresent() || !process.isAlive());
            if (!ready || !process.isAlive()) {
                process.destroyForcibly();
                throw new LabException("The gateway does not start:\n" + Files.readString(log()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start the gateway", e);
        }
    }

    void stop() {
        running()
                .ifPresent(
                        process -> {
                            process.signal(15);
                            if (!process.ended(STOP_LIMIT)) {
                                process.signal(9);
                                process.ended(STOP_LIMIT);
                            }
                        });
    }

    Optional<ProcessId> running() {
        return StateFile.read(file()).flatMap(ProcessId::read).filter(ProcessId::isAlive);
    }

    /// The gateway itself: returns only when it is told to end.
    void run() throws IOException, InterruptedException {
        var network = new Network(lab.name(), lab.subnet());
        var settings =
                new Gateway.Settings(
                        network.bridgeNamespace(),
                        lab.subnet().gateway(),
                        LabSettings.PROXY_PORT,
                        LabSettings.AGENT_PORT,
                        packages(lab.cache()),
                        lab.data().resolve("drills/archive"),
                        lab.data().resolve("faults"),
                        List.of(lab.mirror().archive(), lab.mirror().security()),
                        lab.server());
        try (var _ = Gateway.open(settings)) {
            var state = new HashMap<String, String>(served());
            ProcessId.of(ProcessHandle.current().pid()).ifPresent(me -> state.putAll(me.state()));
            StateFile.write(file(), state);
            Thread.currentThread().join();
        }
    }

    static Path packages(Path cache) {
        return cache.resolve("packages");
    }

    /// Whether the running gateway serves what the lab's settings say now.
    private boolean isCurrent() {
        return StateFile.read(file())
                .map(state -> state.entrySet().containsAll(served().entrySet()))
                .orElse(false);
    }

    private Map<String, String> served() {
        var served = new HashMap<String, String>();
        lab.state().forEach((key, value) -> served.put("lab." + key, value));
        return served;
    }

    private Path file() {
        return lab.data().resolve("gateway.properties");
    }

    private Path log() {
        return lab.data().resolve("gateway.log");
    }
}
