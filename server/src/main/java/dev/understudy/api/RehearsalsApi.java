package dev.understudy.api;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.governance.Operator;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.rehearsal.Rehearsal;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import dev.understudy.rollout.ChoosePlan;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
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

/// Trial runs on twins: ask for one, and see the evidence.
@RestController
@RequestMapping("/api/v1")
public final class RehearsalsApi {
    private static final int MOST = 500;

    private final Rehearsals rehearsals;
    private final RequestRehearsal request;
    private final Rehearsal.Settings settings;
    private final ChoosePlan choose;
    private final Hosts hosts;

    public RehearsalsApi(
            Rehearsals rehearsals,
            RequestRehearsal request,
            Rehearsal.Settings settings,
            ChoosePlan choose,
            Hosts hosts) {
        this.rehearsals = rehearsals;
        this.request = request;
        this.settings = settings;
        this.choose = choose;
        this.hosts = hosts;
    }

    /// Either patches or `security`.
    public record Request(Optional<List<String>> patches, Optional<Boolean> security) {}

    /// A rehearsal as people see it; `evidence` is absent until the host told its verdict.
    public record View(
            OrderId id,
            HostId host,
            String state,
            RehearsalResult.Verdict verdict,
            List<String> reasons,
            String requestedBy,
            Instant requestedAt,
            String planDigest,
            List<PackageChange> changes,
            Optional<RehearsalResult> evidence) {
        static View of(Rehearsal rehearsal) {
            return new View(
                    rehearsal.id(),
                    rehearsal.host(),
                    rehearsal.state().getClass().getSimpleName(),
                    rehearsal.verdict(),
                    rehearsal.reasons(),
                    rehearsal.by(),
                    rehearsal.requestedAt(),
                    rehearsal.plan().digest(),
                    rehearsal.plan().changes(),
                    rehearsal.state() instanceof Rehearsal.State.Finished(RehearsalResult evidence)
                            ? Optional.of(evidence)
                            : Optional.empty());
        }
    }

    @PostMapping("/hosts/{host}/rehearsals")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Ask a host to rehearse patches on its twin")
    View rehearse(Operator operator, @PathVariable String host, @RequestBody Request wanted) {
        Host known = hosts.named(host);
        OrderId id =
                request.request(
                        known.id(),
                        choose.plan(
                                known.id(),
                                PatchChoice.selection(wanted.patches(), wanted.security())),
                        settings,
                        operator.actor());
        return View.of(rehearsals.get(id));
    }

    @GetMapping("/hosts/{host}/rehearsals")
    @Operation(summary = "A host's rehearsals, newest first")
    Items<View> ofHost(@PathVariable String host, @RequestParam(defaultValue = "50") int limit) {
        return new Items<>(
                rehearsals.of(hosts.named(host).id(), Math.clamp(limit, 1, MOST)).stream()
                        .map(View::of)
                        .toList());
    }

    @GetMapping("/rehearsals/{id}")
    @Operation(summary = "One rehearsal with its evidence")
    View one(@PathVariable UUID id) {
        return rehearsals
                .find(new OrderId(id))
                .map(View::of)
                .orElseThrow(
                        () ->
                                Problem.notFound(
                                        "rehearsal-not-found",
                                        "There is no rehearsal %s.".formatted(id)));
    }
}
