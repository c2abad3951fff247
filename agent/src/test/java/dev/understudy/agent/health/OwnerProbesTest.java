package dev.understudy.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.health.HealthSample.Probed;
import dev.understudy.protocol.CheckResult.Health;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerProbesTest {
    @TempDir Path folder;

    @Test
    void asksHttpAndTcp() throws Exception {
        needsRoot();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    boolean well = exchange.getRequestURI().getPath().equals("/well");
                    exchange.sendResponseHeaders(well ? 204 : 500, -1);
                    exchange.close();
                });
        server.start();
        try {
            int port = server.getAddress().getPort();
            String url = "http://127.0.0.1:" + port;
            write("a.json", "{\"type\":\"http\",\"url\":\"%s/well\"}".formatted(url));
            write("b.json", "{\"type\":\"http\",\"url\":\"%s/ill\"}".formatted(url));
            write(
                    "c.json",
                    "{\"type\":\"http\",\"url\":\"%s/ill\",\"status\":\"500\"}".formatted(url));
            write("d.json", "{\"type\":\"tcp\",\"port\":%d}".formatted(port));
            write("e.json", "{\"type\":\"tcp\",\"port\":1}");

            assertThat(run())
                    .extracting(Probed::health)
                    .containsExactly(
                            Health.HEALTHY,
                            Health.UNHEALTHY,
                            Health.HEALTHY,
                            Health.HEALTHY,
                            Health.UNHEALTHY);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void takesAProbeThatOthersMayWriteForUnknown() throws Exception {
        needsRoot();
        write("a.json", "{\"type\":\"tcp\",\"port\":1}");
        Files.setPosixFilePermissions(
                folder.resolve("a.json"), PosixFilePermissions.fromString("rw-rw-r--"));

        assertThat(run())
                .singleElement()
                .satisfies(
                        probe -> {
                            assertThat(probe.health()).isEqualTo(Health.UNKNOWN);
                            assertThat(probe.detail()).contains("a.json", "written by others");
                        });
    }

    @Test
    void takesAProbeThatCannotBeReadForUnknown() throws Exception {
        needsRoot();
        write("a.json", "{\"type\":\"tcp\",\"port\":70000}");

        assertThat(run())
                .singleElement()
                .satisfies(
                        probe -> {
                            assertThat(probe.health()).isEqualTo(Health.UNKNOWN);
                            assertThat(probe.detail()).contains("a.json", "'port' is 70000");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"type\":\"tcp\"",
                "{}",
                "{\"type\":\"shell\",\"command\":\"id\"}",
                "{\"type\":\"tcp\",\"port\":\"80\"}",
                "{\"type\":\"tcp\",\"port\":80.5}",
                "{\"type\":\"tcp\",\"port\":99999999999999999999}",
                "{\"type\":\"tcp\",\"port\":80,\"port\":81}",
                "{\"type\":\"tcp\",\"port\":80,\"extra\":1}",
                "{\"type\":\"tcp\",\"port\":80} {}",
                "{\"type\":\"tcp\",\"port\":80,\"host\":\"a|b\"}",
                "{\"type\":\"http\",\"url\":\"file:///etc/passwd\"}",
                "{\"type\":\"http\",\"url\":\"http://\"}",
                "{\"type\":\"http\",\"url\":\"http://a/\",\"status\":\"9xx\"}",
                "{\"type\":\"unit\",\"unit\":\"-H evil\"}",
                "{\"type\":\"script\",\"path\":\"/bin/sh\"}",
                "{\"type\":\"script\",\"path\":\"/etc/understudy/probes.d/../../../bin/sh\"}",
                "{\"type\":{\"a\":{}}}",
            })
    void refusesWhatIsNotAProbe(String json) {
        assertThatThrownBy(() -> OwnerProbe.parse(json))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private List<Probed> run() throws Exception {
        return new OwnerProbes(new LiveHost(), folder.toString()).run();
    }

    private void write(String name, String json) throws Exception {
        Files.writeString(folder.resolve(name), json);
    }

    private static void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "probes must belong to root");
    }
}
