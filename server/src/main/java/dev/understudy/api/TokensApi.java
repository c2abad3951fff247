package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Operators;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The API tokens of operators.
@RestController
@RequestMapping("/api/v1/tokens")
@Needs(Role.ADMIN)
public final class TokensApi {
    private final Operators operators;

    public TokensApi(Operators operators) {
        this.operators = operators;
    }

    /// A token to be made; without `life` it does not end by itself.
    public record Request(@Nullable String name, @Nullable Role role, Optional<Duration> life) {}

    @GetMapping
    Items<Operators.Token> all() {
        return new Items<>(operators.tokens());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Operators.Issued issue(Operator operator, @RequestBody Request request) {
        String name = request.name();
        Role role = request.role();
        if (name == null || role == null) {
            throw Problem.invalid(
                    "token-incomplete", "%s is missing.".formatted(name == null ? "name" : "role"));
        }
        return operators.issue(operator.actor(), name, role, request.life());
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(Operator operator, @PathVariable UUID id) {
        operators.revoke(operator.actor(), id);
    }
}
