package dev.understudy.api;

import dev.understudy.fleet.EnrolmentToken;
import dev.understudy.fleet.EnrolmentTokens;
import dev.understudy.fleet.Group;
import dev.understudy.governance.Operator;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The tokens by which hosts join.
@RestController
@RequestMapping("/api/v1/enrolment-tokens")
public final class EnrolmentTokensApi {
    private final EnrolmentTokens tokens;

    public EnrolmentTokensApi(EnrolmentTokens tokens) {
        this.tokens = tokens;
    }

    /// A token to be made, for one host of that group.
    public record Request(Optional<String> group, Optional<Duration> validity) {}

    /// A token with its text, which is shown this once.
    public record Created(UUID id, String group, Instant expiresAt, String token) {}

    @GetMapping
    Items<EnrolmentToken> recent() {
        return new Items<>(tokens.recent());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Created create(Operator operator, @RequestBody Request request) {
        EnrolmentTokens.Created made =
                tokens.create(
                        operator.actor(),
                        request.group().orElse(Group.DEFAULT),
                        request.validity().orElse(EnrolmentTokens.LIFE));
        return new Created(
                made.token().id(), made.token().group(), made.token().expiresAt(), made.text());
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Operator operator, @PathVariable UUID id) {
        tokens.withdraw(operator.actor(), id);
    }
}
