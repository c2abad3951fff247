package dev.understudy.api;

import dev.understudy.fleet.HostNames;
import dev.understudy.protocol.HostId;
import java.util.List;
import java.util.Map;

/// A host in a list of hosts and nothing else.
record NamedHost(HostId host, String name, String group) {
    static final Columns<NamedHost> COLUMNS =
            new Columns<NamedHost>()
                    .with("host", NamedHost::host)
                    .with("name", NamedHost::name)
                    .with("group", NamedHost::group);

    /// Those of `hosts`, in their order.
    static List<NamedHost> of(List<HostId> hosts, HostNames names) {
        Map<HostId, HostNames.Named> named = names.of(hosts);
        return hosts.stream()
                .map(
                        host -> {
                            HostNames.Named is = named.getOrDefault(host, HostNames.Named.NOBODY);
                            return new NamedHost(host, is.name(), is.group());
                        })
                .toList();
    }
}
