package dev.understudy.lab.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Fetches from the mirrors and keeps what never changes: packages and files named by their hash.
final class Archive {
    private static final Pattern UNCHANGING = Pattern.compile(".*(\\.u?deb|/by-hash/.*)");
    private static final List<String> PASSED_ON =
            List.of("if-modified-since", "if-none-match", "range", "if-range");
    private static final List<String> PASSED_BACK =
            List.of("last-modified", "etag", "content-type", "content-range");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path cache;
    private final Map<String, URI> mirrors;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(20))
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
    // One fetch per file at a time; the others wait for it.
    private final List<ReentrantLock> locks =
            IntStream.range(0, 64).mapToObj(_ -> new ReentrantLock()).toList();

    /// An answer whose body is a file.
    ///
    /// @param temporary whether the file is to be deleted when the answer has been sent
    record Answer(int status, Map<String, String> headers, Path body, boolean temporary) {}

    /// @param mirrors the mirrors that may be fetched from, by authority (host and port)
    Archive(Path cache, Map<String, URI> mirrors) throws IOException {
        this.cache = cache;
        this.mirrors = Map.copyOf(mirrors);
        Files.createDirectories(cache);
    }

    boolean serves(Request request) {
        return mirrors.containsKey(String.valueOf(request.address().getRawAuthority()));
    }

    Answer get(Request request) throws IOException, InterruptedException {
        URI upstream = upstream(request.address());
        if (!UNCHANGING.matcher(upstream.getRawPath()).matches()) {
            return fetch(request, upstream, PASSED_ON);
        }
        Path kept = cache.resolve(key(upstream));
        var lock = locks.get(Math.floorMod(kept.hashCode(), locks.size()));
        lock.lockInterruptibly();
        try {
            if (!Files.exists(kept)) {
                var fetched = fetch(request, upstream, List.of());
                if (fetched.status() != 200) {
                    return fetched;
                }
                Files.move(fetched.body(), kept, StandardCopyOption.ATOMIC_MOVE);
            }
            return new Answer(200, Map.of(), kept, false);
        } finally {
            lock.unlock();
        }
    }

    private Answer fetch(Request request, URI upstream, List<String> passedOn)
            throws IOException, InterruptedException {
        var ask = HttpRequest.newBuilder(upstream).timeout(LIMIT).GET();
        passedOn.forEach(
                name -> {
                    String value = request.headers().get(name);
                    if (value != null) {
                        ask.setHeader(name, value);
                    }
                });
        Path body = Files.createTempFile(cache, "fetch-", ".part");
        try {
            var answer = client.send(ask.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                Files.copy(in, body, StandardCopyOption.REPLACE_EXISTING);
            }
            var headers = new TreeMap<String, String>();
            for (String name : PASSED_BACK) {
                answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
            }
            return new Answer(answer.statusCode(), headers, body, true);
        } catch (IOException | InterruptedException | RuntimeException e) {
            Files.deleteIfExists(body);
            throw e;
        }
    }

    private URI upstream(URI address) {
        URI mirror = mirrors.get(address.getRawAuthority());
        if (mirror == null) {
            throw new IllegalArgumentException("Not a mirror: " + address);
        }
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        return URI.create(
                mirror.getScheme()
                        + "://"
                        + mirror.getRawAuthority()
                        + address.getRawPath()
                        + query);
    }

    private static String key(URI upstream) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(upstream.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
