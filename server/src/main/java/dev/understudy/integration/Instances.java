package dev.understudy.integration;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import java.util.List;

/// Hosts as monitoring systems name them: `web-1` and `web-1:9100` are the host web-1.
final class Instances {
    private Instances() {}

    /// All that are called so; none if no host is.
    static List<Host> named(Hosts hosts, String instance) {
        if (instance.isEmpty()) {
            return List.of();
        }
        List<Host> exact = hosts.allNamed(instance);
        int port = instance.lastIndexOf(':');
        return exact.isEmpty() && port > 0 ? hosts.allNamed(instance.substring(0, port)) : exact;
    }
}
