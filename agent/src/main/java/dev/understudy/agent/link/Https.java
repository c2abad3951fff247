package dev.understudy.agent.link;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/// JSON over HTTPS to one server, bounded in time and size, without redirects or proxies.
final class Https implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration WHOLE = Duration.ofSeconds(90);

    /// The largest answer; the agent's memory is small, and no answer needs more.
    private static final int LARGEST_ANSWER = 8 << 20;

    private static final int WORTH_PACKING = 2_048;

    private final URI server;
    private final HttpClient client;

    Https(URI server, SSLContext tls) {
        this.server = server;
        this.client =
                HttpClient.newBuilder()
                        .sslContext(tls)
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(CONNECT)
                        .build();
    }

    /// The body of a 2xx answer.
    ///
    /// @throws LinkException for any other answer, and for none
    byte[] send(String method, String path, byte[] json)
            throws LinkException, InterruptedException {
        boolean pack = json.length > WORTH_PACKING;
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path))
                        .timeout(WHOLE)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json, application/problem+json")
                        .method(
                                method,
                                HttpRequest.BodyPublishers.ofByteArray(pack ? gzip(json) : json));
        if (pack) {
            request.header("Content-Encoding", "gzip");
        }
        HttpResponse<byte[]> response = exchange(request.build());
        if (response.statusCode() / 100 == 2) {
            return response.body();
        }
        throw refusal(method, path, response);
    }

    private HttpResponse<byte[]> exchange(HttpRequest request)
            throws LinkException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(
                        request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
        try {
            return answer.get(WHOLE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LinkException(
                    "%s did not answer within %d s".formatted(server, WHOLE.toSeconds()), e);
        } catch (ExecutionException e) {
            throw new LinkException("%s: %s".formatted(server, root(e)), e);
        } finally {
            answer.cancel(true);
        }
    }

    /// What TLS or the connection says, since what lies below says too little; else the innermost
    /// message.
    private static String root(Throwable thrown) {
        Throwable cause = thrown;
        for (Throwable t = thrown.getCause(); t != null; t = t.getCause()) {
            cause = t;
            if (t instanceof SSLException || t instanceof ConnectException) {
                break;
            }
        }
        if (cause.getMessage() != null) {
            return cause.getMessage();
        }
        return cause instanceof ConnectException ? "nobody answers there" : cause.toString();
    }

    private LinkException refusal(String method, String path, HttpResponse<byte[]> response) {
        int status = response.statusCode();
        String text = new String(response.body(), StandardCharsets.UTF_8);
        return new LinkException(
                "%s answered %d to %s %s: %s"
                        .formatted(server, status, method, path, problem(text)),
                status == 401 || status == 403 || status == 410);
    }

    /// Code and detail of a problem (RFC 9457); the beginning of anything else.
    private static String problem(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject problem
                    && (problem.has("code") || problem.has("detail"))) {
                return "%s %s"
                        .formatted(member(problem, "code"), member(problem, "detail"))
                        .strip();
            }
        } catch (JsonParseException _) {
            // Not a problem document: shown as it is.
        }
        return text.substring(0, Math.min(200, text.length()));
    }

    private static String member(JsonObject problem, String name) {
        JsonElement value = problem.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
