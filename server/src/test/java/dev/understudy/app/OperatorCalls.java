package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/// Calls of an operator to a [TestServer], over HTTP.
record OperatorCalls(WebServerApplicationContext server, String token) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// The body of the answer of the REST API, which has to have that status.
    String call(String method, String path, String body, int status)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, "/api/v1" + path, body);
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(status);
        return answer.body();
    }

    /// @param path the whole path
    HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        int port = Objects.requireNonNull(server.getWebServer()).getPort();
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
