package dev.understudy.lab.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;

/// Hands connections to the control plane. What is said passes through as it is, so TLS holds from
/// end to end.
final class ControlForward implements Listener.Conversation {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int IDLE_MILLIS = 600_000;

    private final InetSocketAddress server;
    private final Path fault;

    ControlForward(InetSocketAddress server, Path fault) {
        this.server = server;
        this.fault = fault;
    }

    @Override
    public void hold(Socket client) throws IOException, InterruptedException {
        var now = Fault.in(fault);
        if (now instanceof Fault.Drop || now instanceof Fault.Unavailable) {
            return;
        }
        if (now instanceof Fault.Slow(Duration delay)) {
            Thread.sleep(delay);
        }
        long limit = now instanceof Fault.Cut(long bytes) ? bytes : Long.MAX_VALUE;
        try (var upstream = new Socket()) {
            upstream.connect(
                    new InetSocketAddress(server.getHostString(), server.getPort()),
                    CONNECT_MILLIS);
            upstream.setSoTimeout(IDLE_MILLIS);
            client.setSoTimeout(IDLE_MILLIS);
            upstream.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            var back = Thread.ofVirtual().start(() -> pass(upstream, client, limit));
            pass(client, upstream, Long.MAX_VALUE);
            back.join();
        }
    }

    /// Copies one direction to its end, then closes that direction only; both on any error.
    private static void pass(Socket from, Socket to, long limit) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] block = new byte[1 << 15];
            long left = limit;
            while (left > 0) {
                int read = in.read(block, 0, (int) Math.min(block.length, left));
                if (read < 0) {
                    to.shutdownOutput();
                    return;
                }
                out.write(block, 0, read);
                left -= read;
            }
            close(from, to);
        } catch (IOException _) {
            close(from, to); // Either side went away: the other one learns it by this.
        }
    }

    private static void close(Socket from, Socket to) {
        try (from;
                to) {
            from.setSoLinger(true, 0);
        } catch (IOException _) {
            return; // Already closed.
        }
    }
}
