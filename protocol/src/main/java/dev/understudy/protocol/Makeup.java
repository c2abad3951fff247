package dev.understudy.protocol;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/// What decides how a patch behaves on a host, as far as its agent can tell: its shape,
/// configuration files, services, listening sockets, kernel, and whether it can make a twin. Hosts
/// of one makeup are expected to fail alike; that they do is never taken for granted.
public final class Makeup {
    private static final Pattern LOOPBACK = Pattern.compile("127\\..*|::1|::ffff:127\\..*");
    private static final Pattern ANY = Pattern.compile("0\\.0\\.0\\.0|::|\\*");

    private Makeup() {}

    /// SHA-256 of it; empty where the agent cannot tell the configuration.
    public static Optional<String> of(Inventory inventory) {
        return Optional.ofNullable(inventory.configuration())
                .map(
                        configuration -> {
                            StringBuilder text = new StringBuilder();
                            text.append(inventory.shapeDigest()).append('\n');
                            text.append(configuration).append('\n');
                            text.append(inventory.kernel().running()).append('\n');
                            text.append(inventory.capabilities().twin()).append('\n');
                            inventory.services().stream()
                                    .sorted(Comparator.comparing(ServiceState::unit))
                                    .forEach(service -> text.append(service).append('\n'));
                            inventory.sockets().stream()
                                    .map(Makeup::socket)
                                    .sorted()
                                    .forEach(socket -> text.append(socket).append('\n'));
                            return Digests.sha256(text.toString());
                        });
    }

    /// A socket at one of the host's own addresses is the same on every host.
    private static String socket(ListeningSocket socket) {
        String at =
                LOOPBACK.matcher(socket.address()).matches()
                        ? "loopback"
                        : ANY.matcher(socket.address()).matches() ? "any" : "own";
        return "%s %s %d %s %s"
                .formatted(socket.protocol(), at, socket.port(), socket.process(), socket.unit());
    }
}
