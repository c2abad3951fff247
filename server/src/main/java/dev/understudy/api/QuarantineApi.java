package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.rollout.Quarantine;
import io.swagger.v3.oas.annotations.Operation;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The versions that no host may get.
@RestController
@RequestMapping("/api/v1/quarantine")
public final class QuarantineApi {
    private final Quarantine quarantine;

    public QuarantineApi(Quarantine quarantine) {
        this.quarantine = quarantine;
    }

    @GetMapping
    @Operation(summary = "The versions that no host may get")
    Items<Quarantine.Entry> all() {
        return new Items<>(quarantine.entries());
    }

    @DeleteMapping("/{id}")
    @Needs(Role.APPROVER)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Let hosts get a version again")
    void release(
            Operator operator,
            @PathVariable UUID id,
            @RequestParam(defaultValue = "released by a person") String reason) {
        quarantine.release(id, operator.actor(), reason);
    }
}
