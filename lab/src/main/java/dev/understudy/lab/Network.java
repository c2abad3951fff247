package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The network of a lab: a bridge in a network namespace of its own, and one namespace per host
/// with a cable to the bridge. The machine's own network stays as it is; hosts have no route.
record Network(String lab, Subnet subnet) {
    private static final Path NAMESPACES = Path.of("/run/netns");

    /// Makes the bridge, once.
    void create() {
        if (isWhole()) {
            return;
        }
        remove(lab);
        Programs.run("ip", "netns", "add", lab);
        ip(lab, "link", "set", "lo", "up");
        ip(lab, "link", "add", "br0", "type", "bridge");
        ip(lab, "addr", "add", subnet.gateway() + "/16", "dev", "br0");
        ip(lab, "link", "set", "br0", "up");
    }

    /// Connects a host anew.
    Path connect(LabHost host) {
        String namespace = namespaceOf(host.name());
        String cable = "v" + host.number();
        remove(namespace);
        // A namespace's end is carried out later by the kernel; its cable must not be in our way.
        Programs.attempt(Duration.ofSeconds(10), List.of("ip", "-n", lab, "link", "del", cable));
        Programs.run("ip", "netns", "add", namespace);
        ip(lab, "link", "add", cable, "type", "veth", "peer", "name", "host0", "netns", namespace);
        ip(lab, "link", "set", cable, "master", "br0", "up");
        ip(namespace, "link", "set", "lo", "up");
        ip(namespace, "addr", "add", subnet.address(host.number()) + "/16", "dev", "host0");
        ip(namespace, "link", "set", "host0", "up");
        return NAMESPACES.resolve(namespace);
    }

    void disconnect(String host) {
        remove(namespaceOf(host));
    }

    /// Removes the namespaces of all hosts and of the bridge.
    void removeAll() {
        for (String namespace : mine()) {
            remove(namespace);
        }
    }

    List<String> mine() {
        if (!Files.isDirectory(NAMESPACES)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(NAMESPACES)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.equals(lab) || name.startsWith(lab + "_"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path bridgeNamespace() {
        return NAMESPACES.resolve(lab);
    }

    private boolean isWhole() {
        if (!Files.exists(bridgeNamespace())) {
            return false;
        }
        var bridge =
                Programs.attempt(
                        Duration.ofSeconds(10),
                        List.of("ip", "-n", lab, "-o", "-4", "addr", "show", "dev", "br0", "up"));
        return bridge.succeeded() && bridge.output().contains(" " + subnet.gateway() + "/16 ");
    }

    private String namespaceOf(String host) {
        return lab + "_" + host;
    }

    private static void ip(String namespace, String... arguments) {
        var command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(arguments));
        Programs.run(Duration.ofSeconds(20), command);
    }

    private static void remove(String namespace) {
        if (Files.exists(NAMESPACES.resolve(namespace))) {
            Programs.run("ip", "netns", "del", namespace);
        }
    }
}
