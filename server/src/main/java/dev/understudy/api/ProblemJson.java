package dev.understudy.api;

import dev.understudy.platform.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/// A problem as RFC 9457 writes it, with our stable `code`.
public record ProblemJson(String type, String title, int status, String detail, String code) {

    static ProblemJson of(int status, String code, String detail) {
        HttpStatus known = HttpStatus.resolve(status);
        return new ProblemJson(
                "urn:understudy:problem:" + code,
                known == null ? "Problem" : known.getReasonPhrase(),
                status,
                detail,
                code);
    }

    /// Answers with a problem outside Spring's handlers: in filters.
    static void write(HttpServletResponse response, int status, String code, String detail)
            throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(Json.bytes(of(status, code, detail)));
    }
}
