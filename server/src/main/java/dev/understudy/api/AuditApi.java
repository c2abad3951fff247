package dev.understudy.api;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The audit trail, as lines of JSON that can be checked without the server.
@RestController
public final class AuditApi {
    private final AuditTrail audit;

    public AuditApi(AuditTrail audit) {
        this.audit = audit;
    }

    /// @param after leaves out the entries up to this number
    @GetMapping(path = "/api/v1/audit", produces = "application/x-ndjson")
    void export(@RequestParam(defaultValue = "0") long after, HttpServletResponse response)
            throws IOException {
        if (after < 0) {
            throw Problem.invalid(
                    "after-invalid", "after is %d; expected 0 or more".formatted(after));
        }
        response.setContentType("application/x-ndjson");
        try {
            audit.export(after, line -> write(response, line));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void write(HttpServletResponse response, String line) {
        try {
            response.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
