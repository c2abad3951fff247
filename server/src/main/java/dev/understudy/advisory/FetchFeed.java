package dev.understudy.advisory;

import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gets a feed into a file of our own, from https, from http on this machine, or from file.
public final class FetchFeed {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration WHOLE = Duration.ofMinutes(30);

    private final HttpClient http;
    private final FeedLimits limits;

    public FetchFeed(FeedLimits limits) {
        this.limits = limits;
        this.http =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();
    }

    /// What came.
    public sealed interface Fetched extends AutoCloseable {
        /// The server says that it is as it was.
        record NotModified() implements Fetched {}

        /// A copy on disk, deleted on close.
        ///
        /// @param modified when it was last changed, by its server or file system
        record Copy(
                FeedFile file,
                @Nullable Path temporary,
                String sha256,
                String etag,
                String lastModified,
                @Nullable Instant modified)
                implements Fetched {
            @Override
            public void close() {
                try {
                    if (temporary != null) {
                        Files.deleteIfExists(temporary);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        default void close() {}
    }

    /// @param etag, lastModified what the server said with the data in force; empty if nothing
    Fetched fetch(URI url, String etag, String lastModified) throws FeedException {
        try {
            return switch (String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT)) {
                case "file" -> fromFile(url);
                case "https" -> overHttp(url, etag, lastModified);
                case "http" -> {
                    requireThisMachine(url);
                    yield overHttp(url, etag, lastModified);
                }
                default ->
                        throw new FeedException(
                                "%s is neither an https nor a file URL".formatted(url));
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FeedException("fetching %s was interrupted".formatted(url), e);
        } catch (IOException | UncheckedIOException e) {
            throw new FeedException("%s cannot be fetched: %s".formatted(url, told(e)), e);
        }
    }

    private static String told(Exception e) {
        String kind = e.getClass().getSimpleName();
        return e instanceof FileSystemException || e.getMessage() == null
                ? kind
                : kind + ": " + e.getMessage();
    }

    /// Anybody between here and another machine could write a feed that comes over plain http.
    private static void requireThisMachine(URI url) throws FeedException {
        String host = String.valueOf(url.getHost());
        if (!List.of("127.0.0.1", "[::1]", "localhost").contains(host)) {
            throw new FeedException(
                    "%s is plain http to another machine; use https or a file".formatted(url));
        }
    }

    private Fetched fromFile(URI url) throws IOException, FeedException {
        Path path;
        try {
            path = Path.of(url);
        } catch (IllegalArgumentException e) {
            throw new FeedException("%s is not the URL of a file".formatted(url), e);
        }
        if (!Files.exists(path)) {
            throw new FeedException("there is no file %s".formatted(path));
        }
        FileTime modified = Files.getLastModifiedTime(path);
        if (Files.isDirectory(path)) {
            return new Fetched.Copy(
                    new FeedFile(path, limits),
                    null,
                    digestOfDirectory(path),
                    "",
                    "",
                    modified.toInstant());
        }
        try (InputStream in = Files.newInputStream(path)) {
            String name = path.toAbsolutePath().getFileName().toString();
            return copy(in, name, "", "", modified.toInstant());
        }
    }

    /// By names, sizes and times: a repository of a hundred thousand records is not read twice.
    private static String digestOfDirectory(Path directory) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                text.append(directory.relativize(file))
                        .append('\t')
                        .append(Files.size(file))
                        .append('\t')
                        .append(Files.getLastModifiedTime(file).toMillis())
                        .append('\n');
            }
        }
        return Digests.sha256(text.toString());
    }

    private Fetched overHttp(URI url, String etag, String lastModified)
            throws IOException, InterruptedException, FeedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .timeout(ANSWER)
                        .header("User-Agent", "understudy")
                        .header("Accept-Encoding", "gzip");
        if (!etag.isEmpty()) {
            request.header("If-None-Match", etag);
        }
        if (!lastModified.isEmpty()) {
            request.header("If-Modified-Since", lastModified);
        }
        HttpResponse<InputStream> answer;
        try {
            answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IllegalArgumentException e) {
            throw new FeedException("%s cannot be asked: %s".formatted(url, e.getMessage()), e);
        }
        try (InputStream body = answer.body()) {
            return switch (answer.statusCode()) {
                case 200 -> {
                    String modified = answer.headers().firstValue("Last-Modified").orElse("");
                    yield copy(
                            body,
                            nameOf(url),
                            answer.headers().firstValue("ETag").orElse(""),
                            modified,
                            httpDate(modified).orElse(null));
                }
                case 304 -> new Fetched.NotModified();
                default ->
                        throw new FeedException(
                                "%s answers %d".formatted(url, answer.statusCode()));
            };
        }
    }

    private Fetched copy(
            InputStream in,
            String name,
            String etag,
            String lastModified,
            @Nullable Instant modified)
            throws IOException {
        Path temporary = Files.createTempFile("understudy-feed-", ".tmp");
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long deadline = System.nanoTime() + WHOLE.toNanos();
            try (InputStream bounded = new AllowanceStream(in, limits.downloadBytes(), name);
                    OutputStream out =
                            new DigestOutputStream(Files.newOutputStream(temporary), digest)) {
                byte[] buffer = new byte[1 << 16];
                for (int n = bounded.read(buffer); n >= 0; n = bounded.read(buffer)) {
                    out.write(buffer, 0, n);
                    if (System.nanoTime() - deadline > 0) {
                        throw new IOException(name + " takes longer than " + WHOLE);
                    }
                }
            }
            return new Fetched.Copy(
                    new FeedFile(temporary, name, limits),
                    temporary,
                    HexFormat.of().formatHex(digest.digest()),
                    etag,
                    lastModified,
                    modified);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static String nameOf(URI url) {
        String path = String.valueOf(url.getPath());
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.isEmpty() ? String.valueOf(url.getHost()) : name;
    }

    private static Optional<Instant> httpDate(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
