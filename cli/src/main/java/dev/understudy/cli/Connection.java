package dev.understudy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options every command has: which control plane, with which token, for whom to print.
final class Connection {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The control plane (default: $UNDERSTUDY_URL, else the one that `up` started).")
    private @Nullable String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with an API token (default: $UNDERSTUDY_TOKEN, else the one that `up` wrote).")
    private @Nullable Path tokenFile;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The data folder of `up` (default: $UNDERSTUDY_DATA, else .understudy in the project).")
    private @Nullable Path data;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "Believe control planes that this authority certifies (PEM; default: $UNDERSTUDY_CA).")
    private @Nullable Path ca;

    @Option(
            names = "--fingerprint",
            paramLabel = "SHA256",
            description =
                    "Believe exactly the certificate with this fingerprint (default: $UNDERSTUDY_FINGERPRINT).")
    private @Nullable String fingerprint;

    @Option(names = "--json", description = "Print the API's JSON instead of tables.")
    private boolean json;

    Terminal terminal() {
        return new Terminal(utf8(System.out), json);
    }

    Api api() {
        return new Api(address(), token(), trust());
    }

    DataFolder folder() {
        if (data != null) {
            return new DataFolder(data.toAbsolutePath());
        }
        return DataFolder.usual();
    }

    /// Prints an answer as it comes, however long it is; gives the exit code.
    int copy(String path, String accept) throws IOException {
        try (InputStream rows = api().stream(path, accept)) {
            rows.transferTo(System.out);
            System.out.flush();
        }
        return 0;
    }

    private Optional<SSLContext> trust() {
        Optional<Path> authority =
                Optional.ofNullable(ca).or(() -> environment("UNDERSTUDY_CA").map(Path::of));
        Optional<String> pinned =
                Optional.ofNullable(fingerprint).or(() -> environment("UNDERSTUDY_FINGERPRINT"));
        if (authority.isPresent() && pinned.isPresent()) {
            throw new Failure(2, "Give --ca or --fingerprint, not both.");
        }
        boolean ours = url == null && environment("UNDERSTUDY_URL").isEmpty();
        return authority
                .map(Trust::authorities)
                .or(() -> pinned.map(Trust::fingerprint))
                .or(() -> ours ? folder().certificate().map(Trust::certificate) : Optional.empty());
    }

    private URI address() {
        String given =
                Optional.ofNullable(url)
                        .or(() -> environment("UNDERSTUDY_URL"))
                        .orElseGet(() -> folder().url());
        try {
            URI uri = URI.create(given);
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("it has no host");
            }
            return uri;
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    2, "'%s' is not a URL of a control plane: %s".formatted(given, e.getMessage()));
        }
    }

    private String token() {
        if (tokenFile == null) {
            Optional<String> given = environment("UNDERSTUDY_TOKEN");
            if (given.isPresent()) {
                return given.get();
            }
        }
        Path file = tokenFile == null ? folder().operatorToken() : tokenFile;
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Failure(
                    2,
                    "No API token: %s cannot be read. Start with `understudy up`, or give --token-file or UNDERSTUDY_TOKEN."
                            .formatted(file));
        }
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    private static PrintStream utf8(PrintStream stream) {
        return new PrintStream(stream, true, java.nio.charset.StandardCharsets.UTF_8);
    }
}
