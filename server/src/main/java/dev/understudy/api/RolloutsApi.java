package dev.understudy.api;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import dev.understudy.rollout.RolloutId;
import dev.understudy.rollout.RolloutViews;
import dev.understudy.rollout.Selection;
import dev.understudy.rollout.StartRollout;
import dev.understudy.rollout.SteerRollout;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Rollouts: start, watch, approve, pause, resume, halt, roll back.
@RestController
@RequestMapping("/api/v1/rollouts")
public final class RolloutsApi {
    private static final int MOST = 500;

    private final StartRollout start;
    private final SteerRollout steer;
    private final RolloutViews views;
    private final Hosts hosts;

    public RolloutsApi(StartRollout start, SteerRollout steer, RolloutViews views, Hosts hosts) {
        this.start = start;
        this.steer = steer;
        this.views = views;
        this.hosts = hosts;
    }

    /// Either a group or hosts, by id or name; and either patches or `security`.
    public record Request(
            Optional<String> group,
            Optional<List<String>> hosts,
            Optional<List<String>> patches,
            Optional<Boolean> security) {}

    /// Why a person steps in.
    public record Why(Optional<String> reason) {
        String text() {
            return reason.orElse("");
        }
    }

    /// An approval; `planHash` is what the person saw, so that nothing else is approved.
    public record Approval(Optional<String> planHash, Optional<String> reason) {}

    @GetMapping
    Items<RolloutViews.Summary> newest(@RequestParam(defaultValue = "50") int limit) {
        return new Items<>(views.newest(Math.clamp(limit, 1, MOST)));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    RolloutViews.Whole start(Operator operator, @RequestBody Request request) {
        Selection selection = PatchChoice.selection(request.patches(), request.security());
        List<String> named = request.hosts().orElse(List.of());
        if (request.group().isPresent() == !named.isEmpty()) {
            throw Problem.invalid("hosts-unclear", "Name a group, or hosts; one of the two.");
        }
        RolloutId id =
                request.group().isPresent()
                        ? start.forGroup(request.group().get(), selection, operator.actor())
                        : start.forHosts(
                                named.stream().map(hosts::named).map(Host::id).toList(),
                                selection,
                                operator.actor());
        return views.get(id);
    }

    @GetMapping("/{id}")
    RolloutViews.Whole one(@PathVariable UUID id) {
        return views.get(new RolloutId(id));
    }

    @PostMapping("/{id}/approve")
    @Needs(Role.APPROVER)
    RolloutViews.Whole approve(
            Operator operator, @PathVariable UUID id, @RequestBody Approval approval) {
        RolloutId rollout = new RolloutId(id);
        steer.approve(rollout, operator.actor(), approval.planHash());
        return views.get(rollout);
    }

    @PostMapping("/{id}/pause")
    RolloutViews.Whole pause(Operator operator, @PathVariable UUID id, @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.pause(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }

    @PostMapping("/{id}/resume")
    RolloutViews.Whole resume(Operator operator, @PathVariable UUID id) {
        RolloutId rollout = new RolloutId(id);
        steer.resume(rollout, operator.actor());
        return views.get(rollout);
    }

    @PostMapping("/{id}/halt")
    RolloutViews.Whole halt(Operator operator, @PathVariable UUID id, @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.halt(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }

    @PostMapping("/{id}/rollback")
    RolloutViews.Whole rollBack(Operator operator, @PathVariable UUID id, @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.rollBack(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }
}
