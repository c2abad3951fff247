package dev.understudy.rollout;

import dev.understudy.fleet.Opening;
import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What people call a host, and when it was last heard of; `at` is null if it never was.
///
/// @param opening whether its windows let it be changed
record HostSeen(String name, @Nullable Instant at, Opening opening) {

    /// The host's name among those that were seen; its id if it is not among them.
    static String name(Map<HostId, HostSeen> seen, HostId host) {
        HostSeen known = seen.get(host);
        return known == null ? host.toString() : known.name();
    }

    /// What people call the hosts, in order.
    static List<String> names(Map<HostId, HostSeen> seen, Stream<Deployment> hosts) {
        return hosts.map(d -> name(seen, d.host())).sorted().toList();
    }
}
