package dev.understudy.api;

import dev.understudy.fleet.RotateOrderKeys;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The keys that sign orders.
@RestController
@RequestMapping("/api/v1/order-keys")
@Needs(Role.ADMIN)
public final class OrderKeysApi {
    private final RotateOrderKeys keys;

    public OrderKeysApi(RotateOrderKeys keys) {
        this.keys = keys;
    }

    /// A new key is to sign; `formerValidFor` is how long hosts still obey the former one.
    public record Request(Optional<Duration> formerValidFor) {}

    @GetMapping
    @Needs(Role.VIEWER)
    Items<RotateOrderKeys.Key> all() {
        return new Items<>(keys.all());
    }

    @PostMapping("/rotate")
    @ResponseStatus(HttpStatus.CREATED)
    RotateOrderKeys.Key rotate(Operator operator, @RequestBody Request request) {
        return keys.rotate(
                operator.actor(), request.formerValidFor().orElse(RotateOrderKeys.USUAL));
    }
}
