package dev.understudy.api;

import dev.understudy.platform.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.transaction.TransactionSystemException;

/// A problem as RFC 9457 writes it, with our stable `code`.
public record ProblemJson(String type, String title, int status, String detail, String code) {
    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    static ProblemJson of(int status, String code, String detail) {
        HttpStatus known = HttpStatus.resolve(status);
        return new ProblemJson(
                "urn:understudy:problem:" + code,
                known == null ? "Problem" : known.getReasonPhrase(),
                status,
                detail,
                code);
    }

    /// What everything answers while the database is away: nothing of ours is wrong, and the same
    /// may be asked again.
    static ProblemJson databaseAway(Throwable thrown) {
        return of(
                503,
                "database-unavailable",
                "The control plane cannot reach its database at the moment. Try again in %d s."
                                .formatted(RETRY_AFTER.toSeconds())
                        + (thrown instanceof TransactionSystemException
                                ? " Look first whether it was done: the connection was lost at"
                                        + " the very end."
                                : ""));
    }

    /// Answers with a problem outside Spring's handlers: in filters.
    static void write(HttpServletResponse response, int status, String code, String detail)
            throws IOException {
        write(response, of(status, code, detail));
    }

    static void write(HttpServletResponse response, ProblemJson problem) throws IOException {
        response.setStatus(problem.status());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(Json.bytes(problem));
    }
}
