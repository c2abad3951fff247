package dev.understudy.api;

import dev.understudy.platform.Database;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/// Answers 503 when the database is away and a filter, which [Problems] does not hear, needed it:
/// who asks is looked up before any handler is called.
public final class DatabaseGate extends HttpFilter {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseGate.class);

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (RuntimeException | ServletException e) {
            if (!Database.isAway(e) || response.isCommitted()) {
                throw e;
            }
            LOG.warn("Answered 503: the database is away: {}", e.getMessage());
            response.reset();
            response.setHeader(
                    HttpHeaders.RETRY_AFTER, Long.toString(ProblemJson.RETRY_AFTER.toSeconds()));
            response.setHeader(RequestIds.HEADER, RequestIds.current());
            ProblemJson.write(response, ProblemJson.databaseAway(e));
        }
    }
}
