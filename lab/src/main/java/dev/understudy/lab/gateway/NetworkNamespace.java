package dev.understudy.lab.gateway;

import dev.understudy.lab.CLibrary;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Opens listening sockets inside another network namespace.
///
/// A socket belongs to the namespace that its thread was in when it was made. So one thread enters
/// the namespace, makes the socket and ends; the process itself stays where it is, and so do the
/// connections that it makes.
final class NetworkNamespace {
    private static final int BACKLOG = 256;

    private NetworkNamespace() {}

    /// @param namespace a file like /run/netns/NAME
    static ServerSocket listen(Path namespace, InetSocketAddress address) throws IOException {
        var task = new FutureTask<>(() -> enterAndListen(namespace, address));
        Thread.ofPlatform().name("listen " + address).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException("Cannot listen on %s in %s".formatted(address, namespace), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
    }

    private static ServerSocket enterAndListen(Path namespace, InetSocketAddress address)
            throws IOException {
        CLibrary.enterNetwork(namespace);
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
