package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Operators;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/// Finds out which operator asks: by `Authorization: Bearer TOKEN`, or by the cookie of a console
/// session. A cookie counts for changes only when the browser says that the request comes from our
/// own pages.
final class OperatorFilter extends OncePerRequestFilter {
    static final String COOKIE = "understudy-session";
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_PAGES = Set.of("same-origin", "none");

    private final Operators operators;

    OperatorFilter(Operators operators) {
        this.operators = operators;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        find(request).ifPresent(OperatorFilter::remember);
        chain.doFilter(request, response);
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    private Optional<Operator> find(HttpServletRequest request) {
        @Nullable String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            return header.regionMatches(true, 0, "Bearer ", 0, 7)
                    ? operators.byToken(header.substring(7).strip())
                    : Optional.empty();
        }
        return cookie(request).filter(_ -> isOwn(request)).flatMap(operators::bySession);
    }

    static Optional<String> cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? Optional.empty()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(COOKIE))
                        .map(Cookie::getValue)
                        .findFirst();
    }

    private static boolean isOwn(HttpServletRequest request) {
        @Nullable String site = request.getHeader("Sec-Fetch-Site");
        return READING.contains(request.getMethod()) || (site != null && OWN_PAGES.contains(site));
    }

    private static void remember(Operator operator) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(
                UsernamePasswordAuthenticationToken.authenticated(
                        operator,
                        null,
                        List.of(new SimpleGrantedAuthority("ROLE_" + operator.role().name()))));
        SecurityContextHolder.setContext(context);
    }
}
