package dev.understudy.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/// Sockets to the database that notice within [#NOTICED] that the other end is gone, however long a
/// statement may take. A network that was cut leaves no trace on a connection that waits for an
/// answer, and by default the kernel asks after two hours: so long a replica's work could hang, and
/// so long PostgreSQL would keep the locks of one that is cut off.
public final class KeptAlive extends SocketFactory {
    private static final int IDLE_SECONDS = 20;
    private static final int INTERVAL_SECONDS = 10;
    private static final int COUNT = 3;

    static final Duration NOTICED = Duration.ofSeconds(IDLE_SECONDS + COUNT * INTERVAL_SECONDS);

    /// The same for PostgreSQL's end.
    static final String SESSION =
            """
            set tcp_keepalives_idle = %d; set tcp_keepalives_interval = %d;
            set tcp_keepalives_count = %d; set tcp_user_timeout = '%d s'
            """
                    .formatted(IDLE_SECONDS, INTERVAL_SECONDS, COUNT, NOTICED.toSeconds());

    /// pgjdbc connects it itself.
    @Override
    public Socket createSocket() throws IOException {
        Socket socket = new Socket();
        socket.setKeepAlive(true);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, COUNT);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
        throw connected();
    }

    private static UnsupportedOperationException connected() {
        return new UnsupportedOperationException("only sockets that are not connected yet");
    }
}
