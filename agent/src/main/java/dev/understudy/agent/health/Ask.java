package dev.understudy.agent.health;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Talks to ports and says, a line each, what they are. Questions are `talk|ADDRESS|PORT|PROCESS`
/// (find out what it speaks), `http|URL` and `tcp|HOST|PORT`. It sends nothing that changes
/// anything, and no peer waits for long.
final class Ask {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int ANSWER_MILLIS = 5_000;
    private static final int GREETING_MILLIS = 300;
    private static final int AT_ONCE = 16;
    private static final Set<Integer> TLS_PORTS = Set.of(443, 6443, 8443, 9443);

    /// Who listens here waits to be spoken to.
    private static final Set<Integer> HTTP_PORTS = Set.of(80, 8080);

    private Ask() {}

    /// Where the asking threads stand.
    interface Standpoint {
        void take() throws IOException;
    }

    /// One answer for each question, in order.
    ///
    /// @throws IOException if the standpoint cannot be taken
    static List<String> all(List<String> questions, Standpoint standpoint)
            throws IOException, InterruptedException {
        int threads = Math.min(AT_ONCE, questions.size());
        try (ExecutorService askers = Executors.newFixedThreadPool(threads)) {
            List<Callable<String>> calls =
                    questions.stream()
                            .<Callable<String>>map(
                                    question ->
                                            () -> {
                                                standpoint.take();
                                                return oneLine(answer(question));
                                            })
                            .toList();
            List<String> answers = new ArrayList<>();
            for (Future<String> answer : askers.invokeAll(calls)) {
                answers.add(result(answer));
            }
            return answers;
        }
    }

    private static String result(Future<String> answer) throws IOException, InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("a question could not be asked", e.getCause());
        }
    }

    private static String oneLine(String answer) {
        return answer.replaceAll("[\\p{Cntrl}]+", " ").strip();
    }

    private static String answer(String question) {
        String[] parts = question.split("\\|", -1);
        try {
            return switch (parts[0]) {
                case "talk" -> talk(parts[1], Integer.parseInt(parts[2]), parts[3]);
                case "http" -> http(URI.create(parts[1]));
                case "tcp" -> connect(parts[1], Integer.parseInt(parts[2]));
                default -> throw new IllegalArgumentException("no such question: " + question);
            };
        } catch (IOException e) {
            return "refused: " + e.getMessage();
        }
    }

    private static String connect(String host, int port) throws IOException {
        try (Socket _ = open(host, port)) {
            return "connected";
        }
    }

    /// Listens for a greeting first; a peer that waits for us is spoken to in its own language.
    private static String talk(String address, int port, String process) throws IOException {
        if (TLS_PORTS.contains(port)) {
            return get(address, port, "/", address, true);
        }
        if (HTTP_PORTS.contains(port)) {
            return get(address, port, "/", "localhost", false);
        }
        String greeting;
        try (Socket socket = open(address, port)) {
            greeting =
                    switch (process) {
                        case "redis-server", "valkey-server" -> redis(socket);
                        case "postgres" -> postgresql(socket);
                        default -> greeting(socket);
                    };
        }
        return greeting.isEmpty() ? get(address, port, "/", "localhost", false) : greeting;
    }

    private static String greeting(Socket socket) throws IOException {
        socket.setSoTimeout(GREETING_MILLIS);
        byte[] first = new byte[64];
        int length = read(socket.getInputStream(), first);
        if (length <= 0) {
            return "";
        }
        String text = new String(first, 0, length, StandardCharsets.ISO_8859_1);
        if (text.startsWith("SSH-")) {
            return "ssh";
        }
        return text.matches("(?s)[245]\\d\\d[ -].*")
                ? "greeting " + text.charAt(0) + "xx"
                : "greeting";
    }

    private static String redis(Socket socket) throws IOException {
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = new byte[64];
        int length = read(socket.getInputStream(), answer);
        String text = new String(answer, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
        boolean alive = text.startsWith("+PONG") || text.startsWith("-NOAUTH");
        return alive ? "redis" : "silent";
    }

    /// An SSLRequest, to which every version answers with one letter.
    private static String postgresql(Socket socket) throws IOException {
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.getOutputStream().write(new byte[] {0, 0, 0, 8, 4, (byte) 210, 22, 47});
        byte[] answer = new byte[1];
        int length = read(socket.getInputStream(), answer);
        return length == 1 && (answer[0] == 'S' || answer[0] == 'N') ? "postgresql" : "silent";
    }

    private static String http(URI url) throws IOException {
        boolean tls = "https".equals(url.getScheme());
        int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
        String path =
                url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return get(url.getHost(), port, path + query, url.getHost(), tls);
    }

    private static String get(String host, int port, String target, String name, boolean tls)
            throws IOException {
        try (Socket plain = open(host, port);
                Socket socket = tls ? secure(plain, name, port) : plain) {
            socket.setSoTimeout(ANSWER_MILLIS);
            String request =
                    "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: understudy-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n"
                            .formatted(target, name);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            byte[] first = new byte[64];
            int length = read(socket.getInputStream(), first);
            String line = new String(first, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
            return line.matches("(?s)HTTP/\\d(\\.\\d)? [1-5]\\d\\d.*")
                    ? (tls ? "https " : "http ") + line.split(" ")[1].substring(0, 3)
                    : "silent";
        }
    }

    private static Socket open(String host, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT), e);
        }
    }

    /// As many bytes as come in one go; 0 when the peer says nothing in time.
    private static int read(InputStream in, byte[] into) throws IOException {
        try {
            int length = in.read(into);
            while (length > 0 && length < 16 && length < into.length) {
                int more = in.read(into, length, into.length - length);
                if (more < 0) {
                    break;
                }
                length += more;
            }
            return length;
        } catch (SocketTimeoutException _) {
            return 0;
        }
    }

    /// Any certificate will do: we ask whether a local service answers, and tell it nothing.
    private static Socket secure(Socket plain, String name, int port) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, null);
            plain.setSoTimeout(ANSWER_MILLIS);
            return context.getSocketFactory().createSocket(plain, name, port, true);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS is not available", e);
        }
    }

    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
