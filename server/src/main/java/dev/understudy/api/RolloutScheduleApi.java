package dev.understudy.api;

import dev.understudy.rollout.PlanRollout;
import dev.understudy.rollout.RolloutId;
import dev.understudy.rollout.RolloutSchedule;
import io.swagger.v3.oas.annotations.Operation;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// When hosts are expected to be patched.
@RestController
@RequestMapping("/api/v1/rollouts")
public final class RolloutScheduleApi {
    private final PlanRollout plan;

    public RolloutScheduleApi(PlanRollout plan) {
        this.plan = plan;
    }

    @GetMapping("/{id}/schedule")
    @Operation(
            summary =
                    "When each host that is still to be patched is expected to be, and how far that is at most from the best order")
    RolloutSchedule schedule(@PathVariable UUID id) {
        return plan.of(new RolloutId(id));
    }
}
