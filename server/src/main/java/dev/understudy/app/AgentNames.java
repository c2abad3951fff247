package dev.understudy.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/// The names and addresses that the certificate of the agent port carries.
final class AgentNames {
    private AgentNames() {}

    /// The given ones, and always those of this machine itself.
    static List<String> of(List<String> given) {
        given.forEach(AgentNames::check);
        return Stream.concat(given.stream(), Stream.of("localhost", "127.0.0.1", hostname()))
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return ""; // A machine whose own name does not resolve is not reached by it either.
        }
    }

    private static void check(String name) {
        if (!name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
                && !name.matches("[0-9a-fA-F:]*:[0-9a-fA-F:.]*")) {
            throw new SettingsException("agent-names", name, "host names or IP addresses");
        }
    }
}
