package dev.understudy.bench;

import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// The hosts of a benchmark: they check in over mutual TLS as agents with nothing to tell do. Bytes
/// on a socket rather than an HTTP client, so that what is measured is the other end.
final class BenchHosts {
    static final String VERSION = "bench";
    static final String BOOT = "bench-boot";
    static final String INVENTORY = Digests.sha256("what every host of a benchmark has");

    private final Map<String, X509Certificate> certificates = new HashMap<>();
    private final PrivateKey key;
    private final PublicKey authority;
    private final SSLContext context;
    private volatile @Nullable X509Certificate trusted;

    /// @param key the one that all of them have
    BenchHosts(PrivateKey key, X509Certificate authority) {
        this.key = key;
        this.authority = authority.getPublicKey();
        try {
            context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {new Own()}, new TrustManager[] {new Trusts()}, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("there is no TLS", e);
        }
        // As many as there are hosts: each goes on with its own session, as an agent does.
        context.getClientSessionContext().setSessionCacheSize(0);
    }

    /// Adds a host. Not while any connects.
    void add(HostId host, X509Certificate certificate) {
        certificates.put(host.toString(), certificate);
    }

    Map<String, X509Certificate> certificates() {
        return Map.copyOf(certificates);
    }

    /// A connection that has shaken hands as `host`. Sessions are kept by the name and port of the
    /// other end, so each host knows the server by a name of its own: its id.
    Link connect(String host, InetSocketAddress server) throws IOException {
        Socket plain = new Socket();
        try {
            plain.setTcpNoDelay(true);
            plain.connect(server, 10_000);
            plain.setSoTimeout(30_000);
            SSLSocket secure =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(plain, host, server.getPort(), true);
            long began = System.currentTimeMillis();
            secure.startHandshake();
            return new Link(secure, secure.getSession().getCreationTime() < began);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /// A connection over which the host can check in again and again.
    static final class Link implements AutoCloseable {
        private static final byte[] REQUEST = request();

        private final SSLSocket socket;
        private final InputStream in;

        private final boolean resumed;

        private Link(SSLSocket socket, boolean resumed) throws IOException {
            this.socket = socket;
            this.resumed = resumed;
            this.in = new BufferedInputStream(socket.getInputStream(), 4096);
        }

        private static byte[] request() {
            return request(
                    "POST",
                    "check-in",
                    new CheckIn(
                            VERSION,
                            BOOT,
                            INVENTORY,
                            null,
                            List.of(),
                            List.of(),
                            0L,
                            QuarantineNotice.of(List.of()).digest()));
        }

        private static byte[] request(String method, String path, Object message) {
            byte[] body = Wire.encode(message);
            byte[] head =
                    ("%s /agent/v1/%s HTTP/1.1\r\nHost: control\r\nContent-Type: application/json"
                                            .formatted(method, path)
                                    + "\r\nContent-Length: %d\r\n\r\n".formatted(body.length))
                            .getBytes(StandardCharsets.US_ASCII);
            byte[] whole = new byte[head.length + body.length];
            System.arraycopy(head, 0, whole, 0, head.length);
            System.arraycopy(body, 0, whole, head.length, body.length);
            return whole;
        }

        /// Whether it goes on with a session of before, without certificates.
        boolean resumed() {
            return resumed;
        }

        /// Checks in once.
        ///
        /// @throws IOException if the answer is anything but a good one
        byte[] checkIn() throws IOException {
            return exchange(REQUEST);
        }

        /// Says something and gives the answer to it.
        ///
        /// @throws IOException if the answer is anything but a good one
        byte[] say(String method, String path, Object message) throws IOException {
            return exchange(request(method, path, message));
        }

        private byte[] exchange(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            String status = line();
            int length = 0;
            boolean chunked = false;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(lower.substring(15).strip());
                } else if (lower.startsWith("transfer-encoding:")) {
                    chunked = true;
                }
            }
            byte[] body = chunked ? chunks() : whole(length);
            if (!status.startsWith("HTTP/1.1 2")) {
                throw new IOException(
                        "%s %s".formatted(status, new String(body, StandardCharsets.UTF_8)));
            }
            return body;
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16);
                    size > 0;
                    size = Integer.parseInt(line(), 16)) {
                body.writeBytes(whole(size));
                line();
            }
            line();
            return body.toByteArray();
        }

        private byte[] whole(int length) throws IOException {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new IOException("the control plane hung up in the middle of an answer");
            }
            return bytes;
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream(64);
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new IOException("the control plane hung up");
                }
                if (b != '\r') {
                    line.write(b);
                }
            }
            return line.toString(StandardCharsets.US_ASCII);
        }

        static CheckInAnswer read(byte[] body) throws IOException {
            try {
                return Wire.decode(body, CheckInAnswer.class);
            } catch (WireException e) {
                throw new IOException("the answer cannot be read", e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /// The certificate of the host that connects.
    private final class Own extends X509ExtendedKeyManager {
        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return certificates.keySet().toArray(String[]::new);
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return ((SSLSocket) socket).getHandshakeSession().getPeerHost();
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            throw new UnsupportedOperationException("a host is no server");
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            X509Certificate own = certificates.get(alias);
            if (own == null) {
                throw new IllegalStateException("there is no host " + alias);
            }
            return new X509Certificate[] {own};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }

    private final class Trusts extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("a host is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        /// The names that hosts give the server are no names of it: that it is ours is all that
        /// counts here.
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            if (chain[0].equals(trusted)) {
                return;
            }
            try {
                chain[0].verify(authority);
                trusted = chain[0];
            } catch (GeneralSecurityException e) {
                throw new CertificateException("not the control plane", e);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
