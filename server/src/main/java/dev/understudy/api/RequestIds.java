package dev.understudy.api;

import dev.understudy.platform.Ids;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.MDC;

/// Gives each request a number, or keeps the one that a proxy gave it: it is in the answer, in each
/// log line that the request causes, and in the text of a 500.
public final class RequestIds extends HttpFilter {
    static final String HEADER = "X-Request-Id";

    /// The name of the number in a log line, as the Elastic Common Schema has it.
    private static final String FIELD = "http.request.id";

    private static final String USABLE = "[A-Za-z0-9._-]{8,64}";

    /// The number of the request that this thread works on.
    static String current() {
        return Optional.ofNullable(MDC.get(FIELD)).orElseGet(RequestIds::fresh);
    }

    @Override
    protected void doFilter(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String id =
                Optional.ofNullable(request.getHeader(HEADER))
                        .filter(given -> given.matches(USABLE))
                        .orElseGet(RequestIds::fresh);
        MDC.put(FIELD, id);
        response.setHeader(HEADER, id);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(FIELD);
        }
    }

    private static String fresh() {
        return Ids.at(Instant.now()).toString();
    }
}
