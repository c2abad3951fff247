package dev.understudy.cli;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/// The control plane's REST API, below `/api/v1`.
final class Api {
    private static final Gson GSON = new Gson();

    private final HttpClient http;
    private final URI base;
    private final String token;

    Api(URI base, String token) {
        this(base, token, Optional.empty());
    }

    /// @param tls whom to believe, if not those whom the system believes
    Api(URI base, String token, Optional<SSLContext> tls) {
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
        tls.ifPresent(client::sslContext);
        this.http = client.build();
        this.base = base;
        this.token = token;
    }

    URI base() {
        return base;
    }

    Json get(String path) {
        return send("GET", path, null);
    }

    Json post(String path, Map<String, ?> body) {
        return send("POST", path, GSON.toJson(body));
    }

    Json put(String path, Map<String, ?> body) {
        return send("PUT", path, GSON.toJson(body));
    }

    Json patch(String path, Map<String, ?> body) {
        return send("PATCH", path, GSON.toJson(body));
    }

    Json delete(String path) {
        return send("DELETE", path, null);
    }

    /// The body of a GET as it comes, for exports and event streams; the caller closes it.
    InputStream stream(String path, String accept) {
        HttpRequest request = request(path).header("Accept", accept).GET().build();
        HttpResponse<InputStream> response = exchange(request, BodyHandlers.ofInputStream());
        if (response.statusCode() >= 400) {
            try (InputStream body = response.body()) {
                throw problem(
                        response.statusCode(),
                        new String(body.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new Failure(Failure.UNREACHABLE, "The answer broke off: " + e.getMessage());
            }
        }
        return response.body();
    }

    /// One path segment or query value, escaped.
    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Json send(String method, String path, @org.jspecify.annotations.Nullable String body) {
        HttpRequest request =
                request(path)
                        .header("Accept", "application/json, application/problem+json")
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body))
                        .timeout(Duration.ofSeconds(60))
                        .build();
        HttpResponse<String> response = exchange(request, BodyHandlers.ofString());
        if (response.statusCode() >= 400) {
            throw problem(response.statusCode(), response.body());
        }
        try {
            return Json.parse(response.body());
        } catch (JsonParseException e) {
            throw new Failure(
                    Failure.UNREACHABLE,
                    "%s did not answer with JSON. Is it the control plane?"
                            .formatted(request.uri()));
        }
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(base.resolve("/api/v1" + path))
                    .header("Authorization", "Bearer " + token);
        } catch (IllegalArgumentException e) {
            // The message may hold the token.
            throw new Failure(
                    2,
                    "%s cannot be asked for %s with this token. Is the address right, and the token one line of text?"
                            .formatted(base, path));
        }
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (SSLException e) {
            throw new Failure(
                    Failure.UNREACHABLE,
                    "%s is not believed to be the control plane: %s. Name its authority with --ca FILE or its certificate with --fingerprint SHA256."
                            .formatted(base, rootMessage(e)));
        } catch (IOException e) {
            throw new Failure(
                    Failure.UNREACHABLE,
                    "The control plane at %s cannot be reached (%s). Start it with: understudy up"
                            .formatted(
                                    base,
                                    e.getMessage() == null
                                            ? e.getClass().getSimpleName()
                                            : e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.UNREACHABLE, "Interrupted.");
        }
    }

    private static String rootMessage(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static String shortened(String body) {
        return body.length() <= 500 ? body : body.substring(0, 500) + " …";
    }

    private static Failure problem(int status, String body) {
        String detail =
                body.isBlank()
                        ? "Status %d without an explanation.".formatted(status)
                        : shortened(body);
        try {
            Json problem = Json.parse(body);
            String said =
                    problem.text("detail").isEmpty()
                            ? problem.text("title")
                            : problem.text("detail");
            if (!said.isEmpty()) {
                detail =
                        said
                                + (problem.text("code").isEmpty()
                                        ? ""
                                        : " [" + problem.text("code") + "]");
            }
        } catch (JsonParseException | IllegalStateException _) {
            // Then it is shown as it came.
        }
        return new Failure(
                status == 503 ? Failure.UNREACHABLE : Failure.REFUSED,
                status == 401 ? "Not signed in: " + detail : detail);
    }
}
