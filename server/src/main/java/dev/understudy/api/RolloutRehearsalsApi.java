package dev.understudy.api;

import dev.understudy.rollout.RehearsalViews;
import dev.understudy.rollout.RehearsalsView;
import dev.understudy.rollout.RolloutId;
import io.swagger.v3.oas.annotations.Operation;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Which rehearsals a rollout rests on.
@RestController
@RequestMapping("/api/v1/rollouts")
public final class RolloutRehearsalsApi {
    private final RehearsalViews rehearsals;

    public RolloutRehearsalsApi(RehearsalViews rehearsals) {
        this.rehearsals = rehearsals;
    }

    @GetMapping("/{id}/rehearsals")
    @Operation(
            summary =
                    "Which rehearsals a rollout rests on, how much of it each speaks for, and whose each host rests on")
    RehearsalsView rehearsals(@PathVariable UUID id) {
        return rehearsals.get(new RolloutId(id));
    }
}
