package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Installs the agent on hosts and enrols them with the control plane behind the gateway.
record EnrolHosts(LabSettings lab, Machine machine) {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String ENROLLED = "enrolled";

    /// Single-use tokens, one a line.
    static Deque<String> tokens(Path file) {
        try {
            return new ArrayDeque<>(
                    Files.readAllLines(file).stream()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the tokens in " + file, e);
        }
    }

    /// Enrols the hosts that are not yet; each takes one token.
    void on(List<LabHost> hosts, Path agent, Deque<String> tokens) {
        for (LabHost host : hosts) {
            if (Files.exists(marker(host))) {
                continue;
            }
            String token = tokens.poll();
            if (token == null) {
                throw new LabException(
                        "No token is left for %s: each host takes one".formatted(host.name()));
            }
            enrol(host, agent, token);
            StateFile.writeText(marker(host), "");
            System.out.println(host.name() + " is enrolled");
        }
    }

    private void enrol(LabHost host, Path agent, String token) {
        String file = "var/tmp/understudy-agent.deb";
        try {
            Path root = machine.root(host);
            Files.copy(agent, root.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            run(host, "apt-get", "-q", "-y", "install", "/" + file);
            Files.delete(root.resolve(file));
            Path settings = root.resolve("etc/understudy");
            Files.createDirectories(settings);
            Files.writeString(settings.resolve("policy.json"), "{\"mode\": \"managed\"}\n");
            Files.writeString(settings.resolve("agent.json"), "{\"pollSeconds\": 5}\n");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot install the agent on " + host.name(), e);
        }
        String server = lab.serverForHosts().toString();
        run(host, "understudy-agent", "enrol", "--server", server, "--token", token);
        run(host, "systemctl", "enable", "--now", "understudy-agent.service");
    }

    private void run(LabHost host, String... command) {
        Programs.run(LIMIT, machine.commandIn(host, List.of(command)));
    }

    private Path marker(LabHost host) {
        return new Hosts(lab.hosts()).folder(host).resolve(ENROLLED);
    }
}
