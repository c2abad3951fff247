package dev.understudy.protocol;

/// A listening socket: `protocol` is `tcp` or `udp`, `address` an IP address without port,
/// `process` the command name and `unit` the systemd unit that holds it (both empty where unknown).
public record ListeningSocket(
        String protocol, String address, int port, String process, String unit)
        implements Comparable<ListeningSocket> {
    public ListeningSocket {
        Require.matching(protocol, "protocol", "tcp|udp");
        Require.text(address, "address", 64);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is %d; expected 1 to 65535".formatted(port));
        }
        Require.length(process, "process", 256);
        Require.length(unit, "unit", 512);
    }

    @Override
    public int compareTo(ListeningSocket other) {
        return toString().compareTo(other.toString());
    }
}
