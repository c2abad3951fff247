package dev.understudy.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/// What a handler that writes a whole list writes.
final class Whole {
    interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private Whole() {}

    static List<String> csv(Handler handler) throws IOException {
        return lines(Columns.CSV, handler);
    }

    static List<String> ndjson(Handler handler) throws IOException {
        return lines(Columns.LINES, handler);
    }

    private static List<String> lines(String accepted, Handler handler) throws IOException {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader(HttpHeaders.ACCEPT, accepted);
        MockHttpServletResponse response = new MockHttpServletResponse();
        handler.handle(request, response);
        if (!String.valueOf(response.getContentType()).startsWith(accepted)) {
            throw new IllegalStateException("it is %s".formatted(response.getContentType()));
        }
        return response.getContentAsString().lines().toList();
    }
}
