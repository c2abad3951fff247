package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Operators;
import dev.understudy.governance.Role;
import java.time.Duration;
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
    public record Request(String name, Role role, Optional<Duration> life) {}

    @GetMapping
    Items<Operators.Token> all() {
        return new Items<>(operators.tokens());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Operators.Issued issue(Operator operator, @RequestBody Request request) {
        return operators.issue(operator.actor(), request.name(), request.role(), request.life());
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(Operator operator, @PathVariable UUID id) {
        operators.revoke(operator.actor(), id);
    }
}
