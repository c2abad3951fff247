package dev.understudy.api;

import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.sql.SQLException;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/// Answers every mistake as an RFC 9457 problem: the caller's with what to do about it, ours with a
/// number under which the log has the rest.
@RestControllerAdvice
public final class Problems extends ResponseEntityExceptionHandler {
    /// SQLSTATE character_not_in_repertoire.
    private static final String NOT_A_CHARACTER = "22021";

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ResponseEntity<Object> expected(Problem problem) {
        return answer(problem.kind().status(), problem.code(), problem.detail());
    }

    @ExceptionHandler
    ResponseEntity<Object> wrongValue(MethodArgumentTypeMismatchException e) {
        return answer(
                400,
                "value-invalid",
                "%s is '%s'; %s".formatted(e.getName(), e.getValue(), rootMessage(e)));
    }

    /// Only the database knows which characters it cannot keep: NUL.
    @ExceptionHandler
    ResponseEntity<Object> refusedByTheDatabase(DataAccessException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && NOT_A_CHARACTER.equals(sql.getSQLState())) {
                return answer(
                        400,
                        "value-invalid",
                        "The request contains a character that is none: NUL.");
            }
        }
        return bug(e);
    }

    /// What breaks off in the middle of an answer is thrown on: the connection is closed without
    /// the answer's end, and nothing that reads like more of it comes.
    @ExceptionHandler
    ResponseEntity<Object> bug(Exception e, HttpServletResponse response) throws Exception {
        if (response.isCommitted()) {
            throw e;
        }
        return bug(e);
    }

    private static ResponseEntity<Object> bug(Exception e) {
        if (Database.isAway(e)) {
            return databaseAway(e);
        }
        String id = RequestIds.current();
        LOG.error("Answered 500 with number {}", id, e);
        return answer(
                500,
                "internal-error",
                "This is a fault of the server, not yours. Its log has more under %s."
                        .formatted(id));
    }

    private static ResponseEntity<Object> databaseAway(Exception e) {
        LOG.warn("Answered 503: the database is away: {}", rootMessage(e));
        ProblemJson problem = ProblemJson.databaseAway(e);
        return ResponseEntity.status(problem.status())
                .header(HttpHeaders.RETRY_AFTER, Long.toString(ProblemJson.RETRY_AFTER.toSeconds()))
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return answer(400, "body-unreadable", "The body cannot be read: " + rootMessage(e));
    }

    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception e,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        if (status.is5xxServerError()) {
            return bug(e);
        }
        String code =
                switch (status.value()) {
                    case 404 -> "not-found";
                    case 405 -> "method-not-allowed";
                    case 406 -> "not-acceptable";
                    case 413 -> "too-large";
                    case 415 -> "media-type-unsupported";
                    default -> "request-invalid";
                };
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(ProblemJson.of(status.value(), code, rootMessage(e)));
    }

    private static ResponseEntity<Object> answer(int status, String code, String detail) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(ProblemJson.of(status, code, detail));
    }

    private static String rootMessage(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return cause instanceof DateTimeParseException time
                ? "'%s': %s".formatted(time.getParsedString(), message)
                : message;
    }
}
