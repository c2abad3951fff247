package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The command line in front of a server that is none, and with what its caller got wrong.
@Tag("fuzz")
class BadAnswersTest {
    private static final List<List<String>> READING =
            List.of(
                    List.of("hosts"),
                    List.of("patches"),
                    List.of("quarantine"),
                    List.of("feeds"),
                    List.of("groups"),
                    List.of("tokens"));

    @TempDir private Path folder;
    private final AtomicReference<byte[]> answer = new AtomicReference<>(new byte[0]);
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        Files.writeString(folder.resolve("token"), "us_secret\n");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                InputStream in = client.getInputStream();
                int ends = 0;
                while (ends < 4) {
                    int b = in.read();
                    if (b < 0) {
                        break;
                    }
                    ends = b == '\r' || b == '\n' ? ends + 1 : 0;
                }
                client.getOutputStream().write(answer.get());
                client.shutdownOutput();
            } catch (IOException _) {
                // The client has gone, or the test has ended: neither is what is tested.
            }
        }
    }

    @Test
    void anAnswerThatIsNoneIsNeverShownAsAnEmptyList() {
        for (String bad :
                List.of(
                        "",
                        "garbage\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"items\":[",
                        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                        http(200, "<html><body>It works!</body></html>"),
                        http(200, ""),
                        http(200, "null"),
                        http(200, "{}"),
                        http(200, "[]"),
                        http(200, "\"items\""),
                        http(200, "{\"items\":{}}"),
                        http(200, "{\"items\":null}"),
                        http(200, "{\"items\":["),
                        http(200, "[".repeat(200_000)),
                        http(502, "<html>Bad gateway</html>"),
                        http(500, ""),
                        http(404, "[]"),
                        http(302, ""))) {
            answer.set(bad.getBytes(StandardCharsets.UTF_8));
            for (List<String> command : READING) {
                Said said = run(command);
                assertThat(said.code()).as("%s: %.80s", command, bad).isIn(1, 3);
                assertThat(said.error()).as("%s: %.80s", command, bad).isNotBlank();
                assertThat(said.error()).doesNotContain("\tat ", "us_secret");
                assertThat(said.error().length()).isLessThan(2_000);
            }
        }
    }

    @Test
    void valuesOfAnotherKindAreNamed() {
        answer.set(
                http(
                                200,
                                "{\"items\":[{\"name\":\"a\",\"lastSeen\":\"yesterday\",\"pending\":\"many\"}]}")
                        .getBytes(StandardCharsets.UTF_8));
        for (List<String> command : READING) {
            Said said = run(command);
            assertThat(said.code()).as("%s %s", command, said).isIn(0, 3);
            assertThat(said.error()).doesNotContain("\tat ");
        }
    }

    @Test
    void answersDamagedInEveryWay() {
        Fuzz.of("answer of the API (cli)", Failure.class)
                .with(
                        "{\"items\":[{\"name\":\"a\",\"at\":\"2026-11-25T12:00:00Z\",\"n\":3}],\"total\":1}")
                .runText(
                        body -> {
                            Json read;
                            try {
                                read = Json.parse(body);
                            } catch (com.google.gson.JsonParseException e) {
                                throw new Failure(Failure.UNREACHABLE, "not JSON");
                            }
                            for (Json item : read.items()) {
                                item.text("name");
                                item.instant("at");
                                item.number("n");
                                item.flag("n");
                                item.texts("n");
                            }
                        });
    }

    @Test
    void whatTheCallerGotWrongEndsWithTwo() throws IOException {
        Path lines = folder.resolve("lines");
        Files.writeString(lines, "two\nlines\0");
        Path binary = folder.resolve("binary");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        for (List<String> bad :
                List.of(
                        List.of("hosts", "--no-such-flag"),
                        List.of("dance"),
                        List.of("hosts", "--url"),
                        List.of("hosts", "--url", "not a url", "--token-file", "x"),
                        List.of("hosts", "--url", "ftp://h", "--token-file", lines.toString()),
                        List.of("hosts", "--url", url(), "--token-file", lines.toString()),
                        List.of("hosts", "--url", url(), "--token-file", binary.toString()),
                        List.of("hosts", "--url", url(), "--token-file", folder.toString()),
                        List.of("hosts", "--url", url(), "--token-file", folder + "/none"))) {
            Said said = execute(bad);
            assertThat(said.code()).as("%s", bad).isEqualTo(2);
            assertThat(said.error()).as("%s", bad).isNotBlank().doesNotContain("\tat ");
        }
    }

    @Test
    void aServerThatCannotBeReachedEndsWithThree() throws IOException {
        server.close();
        Said said = run(List.of("hosts"));
        assertThat(said.code()).isEqualTo(Failure.UNREACHABLE);
        assertThat(said.error()).contains(url());
    }

    private static String http(int status, String body) {
        return "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, body.getBytes(StandardCharsets.UTF_8).length, body);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private record Said(int code, String error) {}

    private Said run(List<String> command) {
        java.util.List<String> line = new java.util.ArrayList<>(command);
        line.addAll(List.of("--url", url(), "--token-file", folder.resolve("token").toString()));
        return execute(line);
    }

    private static Said execute(List<String> line) {
        StringWriter error = new StringWriter();
        PrintStream before = System.out;
        System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        try {
            CommandLine command = Main.commandLine();
            command.setErr(new PrintWriter(error, true));
            int code = command.execute(line.toArray(String[]::new));
            return new Said(code, error.toString());
        } finally {
            System.setOut(before);
        }
    }
}
