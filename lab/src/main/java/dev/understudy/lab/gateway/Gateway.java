package dev.understudy.lab.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Everything that hosts can reach, on the lab's first address. It listens in the lab's network
/// namespace and connects out from the machine's.
public final class Gateway implements AutoCloseable {
    private final List<Listener> listeners;

    private Gateway(List<Listener> listeners) {
        this.listeners = listeners;
    }

    /// @param cache folder of fetched packages
    /// @param drills folder of the drill archive
    /// @param faults folder of the files `net` and `control`, each with the fault to inject there
    /// @param mirrors the archives that hosts may fetch from
    /// @param server the control plane's agent port
    public record Settings(
            Path namespace,
            String address,
            int proxyPort,
            int agentPort,
            Path cache,
            Path drills,
            Path faults,
            List<URI> mirrors,
            InetSocketAddress server) {
        public Settings {
            mirrors = List.copyOf(mirrors);
        }
    }

    public static Gateway open(Settings settings) throws IOException {
        var archive = new Archive(settings.cache(), byAuthority(settings.mirrors()));
        var proxy = new PackageProxy(archive, settings.drills(), settings.faults().resolve("net"));
        var forward = new ControlForward(settings.server(), settings.faults().resolve("control"));
        return new Gateway(
                List.of(
                        Listener.start(
                                listen(settings, settings.proxyPort()), "package proxy", proxy),
                        Listener.start(
                                listen(settings, settings.agentPort()), "forward", forward)));
    }

    /// Only the package proxy, on a free port of this machine's loopback, for building layers.
    public static Gateway onLoopback(Path cache, List<URI> mirrors) throws IOException {
        var none = cache.resolve("none");
        var proxy = new PackageProxy(new Archive(cache, byAuthority(mirrors)), none, none);
        var socket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        return new Gateway(List.of(Listener.start(socket, "package proxy", proxy)));
    }

    /// The package proxy's port.
    public int proxyPort() {
        return listeners.getFirst().port();
    }

    @Override
    public void close() throws IOException {
        for (Listener listener : listeners) {
            listener.close();
        }
    }

    private static ServerSocket listen(Settings settings, int port) throws IOException {
        return NetworkNamespace.listen(
                settings.namespace(), new InetSocketAddress(settings.address(), port));
    }

    private static Map<String, URI> byAuthority(List<URI> mirrors) {
        return mirrors.stream()
                .collect(Collectors.toMap(URI::getRawAuthority, uri -> uri, (a, _) -> a));
    }
}
