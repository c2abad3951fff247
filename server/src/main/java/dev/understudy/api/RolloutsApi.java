package dev.understudy.api;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.CertificateView;
import dev.understudy.rollout.DecideHost;
import dev.understudy.rollout.RolloutId;
import dev.understudy.rollout.RolloutViews;
import dev.understudy.rollout.Selection;
import dev.understudy.rollout.StartRollout;
import dev.understudy.rollout.SteerRollout;
import io.swagger.v3.oas.annotations.Operation;
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

/// Rollouts: start, watch, approve, pause, resume, halt, roll back, and decide about single hosts.
@RestController
@RequestMapping("/api/v1/rollouts")
public final class RolloutsApi {
    private static final int MOST = 500;
    private static final int MOST_LINES = 5_000;

    private final StartRollout start;
    private final SteerRollout steer;
    private final DecideHost decide;
    private final RolloutViews views;
    private final Hosts hosts;

    public RolloutsApi(
            StartRollout start,
            SteerRollout steer,
            DecideHost decide,
            RolloutViews views,
            Hosts hosts) {
        this.start = start;
        this.steer = steer;
        this.decide = decide;
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

    /// A person's word that one host may get exactly the plan `planDigest` although no rehearsal of
    /// it passed.
    public record Accepting(Optional<String> planDigest, Optional<String> reason) {}

    /// An approval; `planHash` is what the person saw, so that nothing else is approved. It may be
    /// missing only where a rollout is held.
    public record Approval(Optional<String> planHash, Optional<String> reason) {}

    @GetMapping
    @Operation(summary = "The newest rollouts")
    Items<RolloutViews.Summary> newest(@RequestParam(defaultValue = "50") int limit) {
        return new Items<>(views.newest(Math.clamp(limit, 1, MOST)));
    }

    /// What a rollout could promise, before it is started; `sentence` says it, or why not, and
    /// `forecast` what is expected to fail.
    public record Outlook(boolean certified, String sentence, String forecast) {}

    @PostMapping("/outlook")
    @Operation(summary = "What a rollout would promise if it were started now; starts nothing")
    Outlook outlook(@RequestBody Request request) {
        Selection selection = PatchChoice.selection(request.patches(), request.security());
        List<HostId> named = named(request);
        StartRollout.Outlook outlook =
                request.group().isPresent()
                        ? start.outlookForGroup(request.group().get(), selection)
                        : start.outlookForHosts(named, selection);
        return new Outlook(
                outlook.certificate().certified(),
                outlook.certificate().sentence(),
                outlook.forecast());
    }

    /// The hosts that the request names; none if it names a group.
    private List<HostId> named(Request request) {
        List<String> named = request.hosts().orElse(List.of());
        if (request.group().isPresent() == !named.isEmpty()) {
            throw Problem.invalid("hosts-unclear", "Name a group, or hosts; one of the two.");
        }
        return named.stream().map(hosts::named).map(Host::id).toList();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Start a rollout for a group or for hosts")
    RolloutViews.Whole start(Operator operator, @RequestBody Request request) {
        Selection selection = PatchChoice.selection(request.patches(), request.security());
        List<HostId> named = named(request);
        RolloutId id =
                request.group().isPresent()
                        ? start.forGroup(request.group().get(), selection, operator.actor())
                        : start.forHosts(named, selection, operator.actor());
        return views.get(id);
    }

    @GetMapping("/{id}")
    @Operation(summary = "One rollout with all its hosts")
    RolloutViews.Whole one(@PathVariable UUID id) {
        return views.get(new RolloutId(id));
    }

    @GetMapping("/{id}/certificate")
    @Operation(
            summary =
                    "What a rollout promises, with the inputs, the boundaries and the record from which its decisions can be made again")
    CertificateView.Whole certificate(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(defaultValue = "500") int limit) {
        return views.certificate(new RolloutId(id), after, Math.clamp(limit, 1, MOST_LINES));
    }

    @PostMapping("/{id}/approve")
    @Needs(Role.APPROVER)
    @Operation(
            summary =
                    "Approve the plans that wait, or let a held rollout go on in spite of the doubt")
    RolloutViews.Whole approve(
            Operator operator, @PathVariable UUID id, @RequestBody Approval approval) {
        RolloutId rollout = new RolloutId(id);
        String waiting = views.planHash(rollout);
        if (!waiting.isEmpty() && approval.planHash().isEmpty()) {
            throw Problem.invalid(
                    "plan-hash-missing",
                    "Say which plan you approve: planHash is missing. %s waits; see GET /api/v1/rollouts/%s/plan"
                            .formatted(waiting, id));
        }
        steer.approve(rollout, operator.actor(), approval.planHash(), approval.reason().orElse(""));
        return views.get(rollout);
    }

    @PostMapping("/{id}/pause")
    @Operation(summary = "Hold a rollout; hosts that are being patched finish")
    RolloutViews.Whole pause(Operator operator, @PathVariable UUID id, @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.pause(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }

    @PostMapping("/{id}/resume")
    @Operation(summary = "Let a paused rollout go on")
    RolloutViews.Whole resume(Operator operator, @PathVariable UUID id) {
        RolloutId rollout = new RolloutId(id);
        steer.resume(rollout, operator.actor());
        return views.get(rollout);
    }

    @PostMapping("/{id}/halt")
    @Operation(summary = "End a rollout for good; patched hosts stay patched")
    RolloutViews.Whole halt(Operator operator, @PathVariable UUID id, @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.halt(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }

    @PostMapping("/{id}/rollback")
    @Operation(summary = "Put back every host that the rollout patched")
    RolloutViews.Whole rollBack(Operator operator, @PathVariable UUID id, @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        steer.rollBack(rollout, operator.actor(), why.text());
        return views.get(rollout);
    }

    @PostMapping("/{id}/hosts/{host}/accept")
    @Needs(Role.APPROVER)
    @Operation(summary = "Let a host be patched although its rehearsal was inconclusive")
    RolloutViews.Whole accept(
            Operator operator,
            @PathVariable UUID id,
            @PathVariable String host,
            @RequestBody Accepting accepting) {
        RolloutId rollout = new RolloutId(id);
        decide.accept(
                rollout,
                hosts.named(host).id(),
                accepting
                        .planDigest()
                        .orElseThrow(
                                () ->
                                        Problem.invalid(
                                                "plan-missing",
                                                "Name the plan that you accept: planDigest, as the rollout shows it for the host.")),
                operator.actor(),
                accepting.reason().orElse(""));
        return views.get(rollout);
    }

    @PostMapping("/{id}/hosts/{host}/skip")
    @Needs(Role.APPROVER)
    @Operation(summary = "Leave a host out")
    RolloutViews.Whole skip(
            Operator operator,
            @PathVariable UUID id,
            @PathVariable String host,
            @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        decide.skip(rollout, hosts.named(host).id(), operator.actor(), why.text());
        return views.get(rollout);
    }

    @PostMapping("/{id}/hosts/{host}/retry")
    @Needs(Role.APPROVER)
    @Operation(summary = "Let a host rehearse once more")
    RolloutViews.Whole retry(
            Operator operator,
            @PathVariable UUID id,
            @PathVariable String host,
            @RequestBody Why why) {
        RolloutId rollout = new RolloutId(id);
        decide.retry(rollout, hosts.named(host).id(), operator.actor(), why.text());
        return views.get(rollout);
    }
}
