package dev.understudy.lab.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Through real sockets on loopback, to a small mirror of the test's own.
class PackageProxyTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir private Path folder = Path.of("");
    private final AtomicInteger asked = new AtomicInteger();
    private final HttpServer mirror = mirror();
    private final Listener proxy;
    private final HttpClient client;

    PackageProxyTest() throws IOException {
        var socket = new ServerSocket(0, 16, HERE);
        proxy = Listener.start(socket, "proxy", client -> proxy().hold(client));
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .proxy(ProxySelector.of(new InetSocketAddress(HERE, socket.getLocalPort())))
                        .build();
    }

    @BeforeEach
    void startMirror() {
        mirror.start();
    }

    @AfterEach
    void stop() throws IOException {
        mirror.stop(0);
        proxy.close();
        client.close();
    }

    @Test
    void fetchesAPackageOnceAndServesItAgain() throws Exception {
        assertThat(get("/debian/pool/a_1.deb").body()).isEqualTo("body of /debian/pool/a_1.deb");
        assertThat(get("/debian/pool/a_1.deb").body()).isEqualTo("body of /debian/pool/a_1.deb");
        assertThat(asked).hasValue(1);
    }

    @Test
    void asksAgainForWhatCanChange() throws Exception {
        get("/debian/dists/x/InRelease");
        get("/debian/dists/x/InRelease");
        assertThat(asked).hasValue(2);
    }

    @Test
    void servesTheRestOfAPackageThatIsHalfThere() throws Exception {
        var answer = get("/debian/pool/a_1.deb", "Range", "bytes=5-");
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo("of /debian/pool/a_1.deb");
        assertThat(answer.headers().firstValue("content-range")).contains("bytes 5-27/28");
        assertThat(get("/debian/pool/a_1.deb", "Range", "bytes=28-").statusCode()).isEqualTo(416);
    }

    @Test
    void passesAnErrorOnAndDoesNotKeepIt() throws Exception {
        assertThat(get("/debian/missing.deb").statusCode()).isEqualTo(404);
        assertThat(get("/debian/missing.deb").statusCode()).isEqualTo(404);
        assertThat(asked).hasValue(2);
    }

    @Test
    void reachesNothingButTheMirrors() throws Exception {
        var answer = send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:1/debian/a.deb")));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(asked).hasValue(0);
    }

    @Test
    void servesTheDrillArchiveAndNothingBesideIt() throws Exception {
        Files.createDirectories(folder.resolve("drills"));
        Files.writeString(folder.resolve("drills/InRelease"), "signed");
        Files.writeString(folder.resolve("secret"), "secret");
        assertThat(drill("/InRelease").body()).isEqualTo("signed");
        assertThat(drill("/../secret").statusCode()).isEqualTo(404);
        assertThat(drill("/%2e%2e/secret").statusCode()).isEqualTo(404);
    }

    @Test
    void saysThatTheMirrorCannotBeReached() throws Exception {
        mirror.stop(0);
        assertThat(get("/debian/b.deb").statusCode()).isEqualTo(502);
    }

    @Test
    void injectsFaultsAndEndsThem() throws Exception {
        fault("503");
        assertThat(get("/debian/a.deb").statusCode()).isEqualTo(503);
        fault("drop");
        assertThatThrownBy(() -> get("/debian/a.deb")).isInstanceOf(IOException.class);
        fault("cut:3");
        assertThatThrownBy(() -> get("/debian/a.deb")).isInstanceOf(IOException.class);
        fault("slow:0.3");
        long start = System.nanoTime();
        assertThat(get("/debian/a.deb").statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThan(300_000_000L);
        fault("off");
        assertThat(get("/debian/a.deb").body()).isEqualTo("body of /debian/a.deb");
    }

    private void fault(String text) throws IOException {
        Files.writeString(folder.resolve("fault"), text);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var address = URI.create("http://127.0.0.1:" + mirror.getAddress().getPort() + path);
        var request = HttpRequest.newBuilder(address);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> drill(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create("http://" + DrillFiles.HOST + path)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private PackageProxy proxy() throws IOException {
        var here = URI.create("http://127.0.0.1:" + mirror.getAddress().getPort());
        var archive = new Archive(folder.resolve("cache"), Map.of(here.getRawAuthority(), here));
        return new PackageProxy(archive, folder.resolve("drills"), folder.resolve("fault"));
    }

    private HttpServer mirror() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(HERE, 0), 16);
        server.createContext(
                "/debian/",
                exchange -> {
                    asked.incrementAndGet();
                    String path = exchange.getRequestURI().getPath();
                    byte[] body = ("body of " + path).getBytes(StandardCharsets.UTF_8);
                    boolean missing = List.of("/debian/missing.deb").contains(path);
                    exchange.sendResponseHeaders(missing ? 404 : 200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        return server;
    }
}
