package dev.understudy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/// The whole server on ports of its own, with a database of its own.
public final class TestServer {
    private TestServer() {}

    public static WebServerApplicationContext start(Path data) {
        return Understudy.start(
                Settings.parse(
                        List.of(
                                "--data",
                                data.toString(),
                                "--operator-listen",
                                "127.0.0.1:0",
                                "--agent-listen",
                                "127.0.0.1:0"),
                        Map.of()));
    }

    /// The token of the first operator, an administrator.
    public static String admin(Path data) throws IOException {
        return Files.readString(data.resolve("operator.token")).strip();
    }
}
