package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Operators;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/// How a person gets into the console: a link that works once, opened within ten minutes, becomes a
/// session.
@RestController
public final class ConsoleSessions {
    // A page of our own rather than a redirect: a browser that follows a link from elsewhere would
    // not send the strict cookie along with the redirected request.
    private static final String WELCOME =
            """
            <!doctype html>
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="0; url=/">
            <title>Understudy</title>
            <p><a href="/">To the console</a></p>
            """;

    private final Operators operators;
    private final InstantSource clock;

    public ConsoleSessions(Operators operators, InstantSource clock) {
        this.operators = operators;
        this.clock = clock;
    }

    /// A link to open in a browser.
    public record Link(String url, Instant expiresAt) {}

    @PostMapping("/api/v1/console-links")
    @Needs(Role.VIEWER)
    @ResponseStatus(HttpStatus.CREATED)
    Link link(Operator operator) {
        String secret = operators.consoleLink(operator);
        return new Link(
                ServletUriComponentsBuilder.fromCurrentContextPath()
                        .path("/console/enter/" + secret)
                        .toUriString(),
                clock.instant().plus(Operators.LINK_LIFE));
    }

    @Hidden
    @GetMapping("/console/enter/{link}")
    ResponseEntity<String> enter(@PathVariable String link, HttpServletRequest request) {
        String session =
                operators
                        .openSession(link)
                        .orElseThrow(
                                () ->
                                        new Problem(
                                                Problem.Kind.GONE,
                                                "console-link-used",
                                                "This link was used already or is older than ten"
                                                        + " minutes. Ask for a fresh one:"
                                                        + " understudy console"));
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_HTML)
                .header("Referrer-Policy", "no-referrer")
                .header(HttpHeaders.SET_COOKIE, cookie(session, Operators.SESSION_LIFE, request))
                .body(WELCOME);
    }

    @Hidden
    @PostMapping("/console/leave")
    @Needs(Role.VIEWER)
    ResponseEntity<Void> leave(HttpServletRequest request) {
        OperatorFilter.cookie(request).ifPresent(operators::closeSession);
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, cookie("", Duration.ZERO, request))
                .build();
    }

    private static String cookie(String value, Duration life, HttpServletRequest request) {
        return ResponseCookie.from(OperatorFilter.COOKIE, value)
                .httpOnly(true)
                .secure(request.isSecure())
                .sameSite("Strict")
                .path("/")
                .maxAge(life)
                .build()
                .toString();
    }
}
