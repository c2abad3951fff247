package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.rollout.Approvals;
import dev.understudy.rollout.ConsentViews;
import dev.understudy.rollout.RolloutId;
import dev.understudy.rollout.RolloutViews;
import dev.understudy.rollout.SteerRollout;
import dev.understudy.rollout.Triages;
import io.swagger.v3.oas.annotations.Operation;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Who lets a rollout start: what is approved, word for word, and objections to what is announced.
@RestController
@RequestMapping("/api/v1/rollouts/{id}")
public final class ConsentApi {
    private final SteerRollout steer;
    private final ConsentViews consents;
    private final RolloutViews views;

    public ConsentApi(SteerRollout steer, ConsentViews consents, RolloutViews views) {
        this.steer = steer;
        this.consents = consents;
        this.views = views;
    }

    @GetMapping(path = "/plan", produces = MediaType.TEXT_PLAIN_VALUE)
    @Operation(
            summary =
                    "What an approval would be bound to now, word for word; its SHA-256 is the hash")
    String plan(@PathVariable UUID id) {
        return consents.plan(new RolloutId(id));
    }

    @GetMapping("/approvals")
    @Operation(summary = "What was approved, word for word, and what became of each approval")
    Items<Approvals.Approval> approvals(@PathVariable UUID id) {
        return new Items<>(consents.approvals(new RolloutId(id)));
    }

    @GetMapping("/triage")
    @Operation(summary = "Which evidence the hosts secured before they were patched")
    Items<Triages.Entry> triage(@PathVariable UUID id) {
        return new Items<>(consents.triage(new RolloutId(id)));
    }

    @PostMapping("/object")
    @Operation(summary = "Keep an announced rollout from starting until somebody lifts that")
    RolloutViews.Whole object(
            Operator operator, @PathVariable UUID id, @RequestBody RolloutsApi.Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.object(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }

    @PostMapping("/lift")
    @Needs(Role.APPROVER)
    @Operation(summary = "Take an objection back; the rollout is announced anew")
    RolloutViews.Whole lift(
            Operator operator, @PathVariable UUID id, @RequestBody RolloutsApi.Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.lift(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }
}
