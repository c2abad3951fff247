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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// Every list question goes on where its part ended, and gives every row to other programs.
class ListingTest {
    private static final String PART =
            """
            {"items":[],"cursor":"next-1","total":7,"hosts":3,"joined":0,"left":0,"changed":0,
             "said":[{"cve":"CVE-2026-1"}],"unsaid":0,"fixed":[],"opened":[],
             "lengths":{"said":3,"fixed":0,"opened":0}}
            """;

    @TempDir private Path folder;
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("token"), "us_secret\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String accept = exchange.getRequestHeaders().getFirst("Accept");
                    asked.add(exchange.getRequestURI() + " " + accept);
                    byte[] bytes =
                            (accept.contains("json,") ? PART : "a,row\n")
                                    .getBytes(StandardCharsets.UTF_8);
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

    private Said run(String line, String... more) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of(more));
        arguments.addAll(
                List.of(
                        "--url",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        "--token-file",
                        folder.resolve("token").toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter error = new StringWriter();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine command = Main.commandLine();
            command.setErr(new PrintWriter(error, true));
            int code = command.execute(arguments.toArray(String[]::new));
            return new Said(code, out.toString(StandardCharsets.UTF_8), error.toString());
        } finally {
            System.setOut(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exposed CVE-2026-1 --group web",
                "what-if jammy/curl/1.2",
                "patches --group web",
                "patches --of jammy/curl/1.2",
                "why",
                "why web-1",
                "deadlines",
                "changes fixed",
                "hosts --group web"
            })
    void givesAPartAndSaysWhereTheNextBegins(String question) {
        Said said = run(question, "--limit", "5", "--cursor", "a b");
        assertThat(said.code()).as(said.error()).isZero();
        assertThat(asked).singleElement().asString().contains("limit=5", "cursor=a%20b");
        assertThat(said.out()).contains("0 of 7. The next: --cursor next-1. All of them: --csv");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exposed CVE-2026-1 --at 2026-11-01",
                "exposed CVE-2026-1 --survival",
                "exposed CVE-2026-1 --episodes",
                "what-if jammy/curl/1.2",
                "patches",
                "patches --of jammy/curl/1.2",
                "why",
                "why web-1",
                "deadlines",
                "changes",
                "hosts"
            })
    void givesEveryRowToOtherPrograms(String question) {
        for (String form : List.of("csv", "ndjson")) {
            asked.clear();
            Said said = run(question, "--" + form);
            assertThat(said.code()).as(said.error()).isZero();
            assertThat(said.out()).isEqualTo("a,row\n");
            assertThat(asked).singleElement().asString().endsWith(form).doesNotContain("limit");
        }
    }

    @Test
    void saysWhatWasNotShownOfEachListOfTheChanges() {
        assertThat(run("changes").out())
                .contains("1 of 3. The others: understudy changes said --cursor 1");
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThat(
                        Stream.of(
                                        "why --csv --ndjson",
                                        "why --csv --cursor 3",
                                        "changes said --csv")
                                .map(this::run))
                .allSatisfy(said -> assertThat(said.code()).isEqualTo(2));
        assertThat(asked).isEmpty();
    }
}
