package dev.understudy.integration;

import dev.understudy.platform.AuthorizationFile;
import dev.understudy.platform.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Asks `/api/v1/query` of a Prometheus-compatible server, within limits of time and size. Follows
/// no redirection. Whatever is not a whole answer is a problem, never a good sign. A server that
/// asks for a login gets what is in `HOST.authorization` ([AuthorizationFile]); it goes to that
/// host only, and over TLS or to this machine only.
///
/// The format: https://prometheus.io/docs/prometheus/latest/querying/api/
final class AskPrometheus {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 16 << 20;
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Path logins;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(LIMIT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    AskPrometheus(Path logins) {
        this.logins = logins;
    }

    /// What came of it.
    sealed interface Answer {
        /// At least one series.
        record Series(List<One> all) implements Answer {
            public Series {
                all = List.copyOf(all);
            }
        }

        /// Nothing is known.
        record Unknown(String problem) implements Answer {}
    }

    /// The labels of a series, none for a scalar, and its value now.
    record One(Map<String, String> labels, double value) {
        One {
            labels = Map.copyOf(labels);
        }
    }

    Answer ask(HealthQuery query) throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create(
                                        query.url().toString().replaceFirst("/+$", "")
                                                + "/api/v1/query"))
                        .timeout(LIMIT)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "query="
                                                + URLEncoder.encode(
                                                        query.query(), StandardCharsets.UTF_8)));
        try {
            login(query.url()).ifPresent(login -> request.header("Authorization", login));
            HttpResponse<InputStream> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream in = response.body()) {
                body = in.readNBytes(MOST_BYTES + 1);
            }
            return body.length > MOST_BYTES
                    ? new Answer.Unknown("The answer is longer than %d bytes".formatted(MOST_BYTES))
                    : read(response.statusCode(), body);
        } catch (IOException e) {
            return new Answer.Unknown(
                    "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()));
        }
    }

    private Optional<String> login(URI url) throws IOException {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        Path file = logins.resolve(host + ".authorization");
        Optional<String> login = AuthorizationFile.read(file);
        if (login.isPresent() && !"https".equals(url.getScheme()) && !THIS_MACHINE.contains(host)) {
            throw new IOException(
                    "%s is for https only, and the query says %s".formatted(file, url));
        }
        return login;
    }

    private record Body(
            @Nullable String status,
            @Nullable String error,
            @Nullable List<String> warnings,
            @Nullable Data data) {}

    private record Data(@Nullable String resultType, @Nullable List<Object> result) {}

    static Answer read(int status, byte[] json) {
        Body body;
        try {
            body = Json.read(json, Body.class);
        } catch (RuntimeException e) {
            return new Answer.Unknown("HTTP %d without an answer in JSON".formatted(status));
        }
        if (status != 200 || !"success".equals(body.status())) {
            return new Answer.Unknown(
                    "HTTP %d: %s".formatted(status, Objects.requireNonNullElse(body.error(), "")));
        }
        if (body.warnings() != null && !body.warnings().isEmpty()) {
            return new Answer.Unknown("Not a whole answer: " + body.warnings().getFirst());
        }
        Data data = body.data();
        if (data == null || data.resultType() == null || data.result() == null) {
            return new Answer.Unknown("an answer without a result");
        }
        try {
            List<One> series =
                    switch (data.resultType()) {
                        case "vector" -> vector(data.result());
                        case "scalar" -> List.of(new One(Map.of(), value(data.result())));
                        default ->
                                throw new IllegalArgumentException(
                                        "a %s, not a vector or a scalar"
                                                .formatted(data.resultType()));
                    };
            return series.isEmpty()
                    ? new Answer.Unknown("no series at all")
                    : new Answer.Series(series);
        } catch (IllegalArgumentException e) {
            return new Answer.Unknown("an answer that cannot be read: " + e.getMessage());
        }
    }

    private static List<One> vector(List<Object> result) {
        List<One> series = new ArrayList<>();
        for (Object each : result) {
            if (each instanceof Map<?, ?> one
                    && one.get("metric") instanceof Map<?, ?> metric
                    && one.get("value") instanceof List<?> value) {
                Map<String, String> labels = new HashMap<>();
                metric.forEach((name, label) -> labels.put(text(name), text(label)));
                series.add(new One(labels, value(value)));
            } else {
                throw new IllegalArgumentException("a series without a value");
            }
        }
        return series;
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("a label that is no text: " + value);
    }

    /// `[time, "value"]`; a value that is no number cannot be held against a threshold.
    private static double value(List<?> pair) {
        if (pair.size() == 2 && pair.get(1) instanceof String text) {
            double value =
                    switch (text) {
                        case "+Inf" -> Double.POSITIVE_INFINITY;
                        case "-Inf" -> Double.NEGATIVE_INFINITY;
                        default -> Double.parseDouble(text);
                    };
            if (!Double.isNaN(value)) {
                return value;
            }
        }
        throw new IllegalArgumentException("a value that is no number: " + pair);
    }
}
