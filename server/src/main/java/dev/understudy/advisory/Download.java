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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Gets one document into a file of our own, from https, from http on this machine, or from file;
/// within limits of size and time.
final class Download {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration WHOLE = Duration.ofMinutes(30);

    private final HttpClient open;

    /// Follows no redirection: what lets us in is for one server only.
    private final HttpClient trusted;

    private final FeedLimits limits;

    Download(FeedLimits limits, @Nullable SSLContext tls) {
        this.limits = limits;
        this.open = client(HttpClient.Redirect.NORMAL, tls);
        this.trusted = client(HttpClient.Redirect.NEVER, tls);
    }

    private static HttpClient client(HttpClient.Redirect redirect, @Nullable SSLContext tls) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(redirect);
        return tls == null ? builder.build() : builder.sslContext(tls).build();
    }

    /// @param authorization empty where the server lets everybody in
    record Request(URI url, String etag, String lastModified, String authorization, String accept) {
        static Request of(URI url, String authorization) {
            return new Request(url, "", "", authorization, "");
        }
    }

    FetchFeed.Fetched get(Request request) throws IOException, InterruptedException, FeedException {
        URI url = request.url();
        return switch (String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT)) {
            case "file" -> fromFile(url);
            case "https" -> overHttp(request);
            case "http" -> {
                requireThisMachine(url);
                yield overHttp(request);
            }
            default ->
                    throw new FeedException("%s is neither an https nor a file URL".formatted(url));
        };
    }

    /// A small document that may not be there.
    Optional<byte[]> small(Request request, int most)
            throws IOException, InterruptedException, FeedException {
        URI url = request.url();
        if ("file".equalsIgnoreCase(url.getScheme())) {
            Path path = Path.of(url);
            return Files.isRegularFile(path)
                    ? Optional.of(read(Files.newInputStream(path), most, url))
                    : Optional.empty();
        }
        HttpResponse<InputStream> answer = send(request);
        try (InputStream body = answer.body()) {
            return switch (answer.statusCode()) {
                case 200 -> Optional.of(read(body, most, url));
                case 404, 410 -> Optional.empty();
                default -> throw refused(url, answer);
            };
        }
    }

    private static byte[] read(InputStream in, int most, URI url) throws IOException {
        try (InputStream bounded = new AllowanceStream(in, most, url.toString())) {
            return bounded.readAllBytes();
        }
    }

    /// Anybody between here and another machine could write a feed that comes over plain http.
    private static void requireThisMachine(URI url) throws FeedException {
        String host = String.valueOf(url.getHost());
        if (!List.of("127.0.0.1", "[::1]", "localhost").contains(host)) {
            throw new FeedException(
                    "%s is plain http to another machine; use https or a file".formatted(url));
        }
    }

    private FetchFeed.Fetched fromFile(URI url) throws IOException, FeedException {
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
            return new FetchFeed.Fetched.Copy(
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
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return Digests.sha256(text.toString());
    }

    private FetchFeed.Fetched overHttp(Request request)
            throws IOException, InterruptedException, FeedException {
        HttpResponse<InputStream> answer = send(request);
        try (InputStream body = answer.body()) {
            return switch (answer.statusCode()) {
                case 200 -> {
                    String modified = answer.headers().firstValue("Last-Modified").orElse("");
                    yield copy(
                            body,
                            nameOf(request.url()),
                            answer.headers().firstValue("ETag").orElse(""),
                            modified,
                            httpDate(modified).orElse(null));
                }
                case 304 -> new FetchFeed.Fetched.NotModified();
                default -> throw refused(request.url(), answer);
            };
        }
    }

    /// Sends it whatever the answer is. The caller closes the body.
    HttpResponse<InputStream> send(Request request)
            throws IOException, InterruptedException, FeedException {
        if ("http".equalsIgnoreCase(request.url().getScheme())) {
            requireThisMachine(request.url());
        }
        try {
            HttpRequest.Builder builder =
                    HttpRequest.newBuilder(request.url())
                            .timeout(ANSWER)
                            .header("User-Agent", "understudy");
            if (request.accept().isEmpty()) {
                builder.header("Accept-Encoding", "gzip");
            }
            Map.of(
                            "Accept", request.accept(),
                            "Authorization", request.authorization(),
                            "If-None-Match", request.etag(),
                            "If-Modified-Since", request.lastModified())
                    .forEach(
                            (name, value) -> {
                                if (!value.isEmpty()) {
                                    builder.header(name, value);
                                }
                            });
            return (request.authorization().isEmpty() ? open : trusted)
                    .send(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IllegalArgumentException e) {
            throw new FeedException(
                    "%s cannot be asked: %s".formatted(request.url(), e.getMessage()), e);
        }
    }

    /// What to say of an answer that brings nothing.
    static FeedException refused(URI url, HttpResponse<?> answer) {
        String sentence =
                switch (answer.statusCode()) {
                    case 401, 403 ->
                            "%s answers %d: give what lets us in in NAME.authorization"
                                    .formatted(url, answer.statusCode());
                    default -> "%s answers %d".formatted(url, answer.statusCode());
                };
        Optional<Duration> wait =
                answer.headers()
                        .firstValue("Retry-After")
                        .filter(text -> text.matches("[0-9]{1,7}"))
                        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
        return wait.isPresent()
                ? new FeedException(sentence, wait.get())
                : new FeedException(sentence);
    }

    /// Copies all of `in`, counting and hashing.
    FetchFeed.Fetched.Copy copy(
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
            return new FetchFeed.Fetched.Copy(
                    new FeedFile(temporary, name, limits, "", Map.of()),
                    temporary,
                    HexFormat.of().formatHex(digest.digest()),
                    etag,
                    lastModified,
                    modified);
        } catch (IOException | RuntimeException e) {
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
