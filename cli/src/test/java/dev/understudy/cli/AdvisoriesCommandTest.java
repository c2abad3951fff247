package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AdvisoriesCommandTest {
    private static final String KNOWN =
            """
            {"id":"CVE-2024-6387","facts":[{"cve":"CVE-2024-6387","exploited":"NO","ransomware":"UNKNOWN",
              "epss":{"probability":0.38612,"percentile":0.97,"model":"","date":"2025-10-05T00:00:00Z"},
              "exploitation":"poc","automatable":"YES","totalImpact":"UNKNOWN","cvss":8.1}],
             "advisories":[{"feed":"dsa","id":"DSA-5724-1","cves":["CVE-2024-6387"],"published":"2024-07-01T00:00:00Z",
               "severity":"","summary":"openssh security update","followedBy":["DSA-5724-2"],
               "fixes":[{"release":"bookworm","source":"openssh","state":"FIXED","fixed":"1:9.2p1-2+deb12u3"},
                        {"release":"bullseye","source":"openssh","state":"NOT_AFFECTED","fixed":null}]}],
             "exposedHosts":{"CVE-2024-6387":1},
             "exposed":[{"cve":"CVE-2024-6387","host":"h","name":"web-1","source":"openssh","patch":null}]}
            """;

    @TempDir private Path folder;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("token"), "us_secret\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/api/v1/advisories/CVE-2024-6387",
                exchange -> {
                    byte[] bytes = KNOWN.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private record Said(int code, String out, String error) {}

    private Said run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter error = new StringWriter();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine command = Main.commandLine();
            command.setErr(new PrintWriter(error, true));
            int code = command.execute(arguments);
            return new Said(code, out.toString(StandardCharsets.UTF_8), error.toString());
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void saysWhatIsKnownInSentencesAndTables() {
        Said said =
                run(
                        "advisories",
                        "CVE-2024-6387",
                        "--url",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        "--token-file",
                        folder.resolve("token").toString());
        assertThat(said.code()).as(said.error()).isZero();
        assertThat(said.out())
                .contains(
                        "CVE-2024-6387: CVSS 8.1; not known exploited; EPSS 0.386 (2025-10-05);"
                                + " SSVC exploitation poc; automatable: yes; total impact: unknown",
                        "DSA-5724-1 (dsa), of ",
                        ": openssh security update (followed by DSA-5724-2)",
                        "fixed in 1:9.2p1-2+deb12u3",
                        "not affected")
                .containsPattern("web-1 +CVE-2024-6387 +openssh +none");
    }

    @Test
    void aWrongLineIsAnsweredInThreeLinesAndNamesWhatWasPerhapsMeant() {
        Said said = run("exposd", "CVE-2024-6387");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("'exposd'", "exposed", "understudy --help");
        assertThat(run("advisories").error())
                .contains("Missing required parameter: 'ID'", "understudy advisories --help")
                .doesNotContain("Believe control planes");
    }
}
