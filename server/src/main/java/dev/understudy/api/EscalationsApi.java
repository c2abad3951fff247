package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.rollout.Escalation;
import dev.understudy.rollout.Escalations;
import io.swagger.v3.oas.annotations.Operation;
import java.util.Optional;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Deadlines that are missed unless somebody acts.
@RestController
@RequestMapping("/api/v1/escalations")
public final class EscalationsApi {
    private final Escalations escalations;

    public EscalationsApi(Escalations escalations) {
        this.escalations = escalations;
    }

    /// What the person who knows of it has to say.
    public record Note(Optional<String> note) {}

    @GetMapping
    @Operation(summary = "Deadlines in danger, those first of which nobody knows")
    Items<Escalation> open() {
        return new Items<>(escalations.open());
    }

    @PostMapping("/{id}/acknowledge")
    @Operation(summary = "Say that you know; it is told no more, and nothing else changes")
    Items<Escalation> acknowledge(
            Operator operator, @PathVariable UUID id, @RequestBody Note note) {
        escalations.acknowledge(id, operator.actor(), note.note().orElse(""));
        return open();
    }
}
