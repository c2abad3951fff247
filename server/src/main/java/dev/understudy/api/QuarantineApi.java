package dev.understudy.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.understudy.fleet.HostNames;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.exposure.PatchHosts;
import dev.understudy.risk.exposure.VersionHosts;
import dev.understudy.rollout.Quarantine;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
    private final VersionHosts hosts;
    private final HostNames names;

    public QuarantineApi(Quarantine quarantine, VersionHosts hosts, HostNames names) {
        this.quarantine = quarantine;
        this.hosts = hosts;
        this.names = names;
    }

    /// A version that is locked away, in one object.
    ///
    /// @param stillOn on how many hosts it is installed or still runs: they had it before, could
    ///   not be put back, or got it around the package manager
    record Locked(@JsonUnwrapped Quarantine.Entry entry, int stillOn) {}

    @GetMapping
    @Operation(summary = "The versions that no host may get")
    Items<Locked> all() {
        return new Items<>(quarantine.entries().stream().map(this::locked).toList());
    }

    private Locked locked(Quarantine.Entry entry) {
        PatchId patch = entry.patch();
        return new Locked(entry, hosts.count(patch.release(), patch.source(), patch.version()));
    }

    @GetMapping("/{id}/hosts")
    @Operation(summary = "The hosts that have it all the same, by id")
    Page<NamedHost> hosts(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        Page.requireLimit(limit);
        PatchId patch = quarantine.entry(id).patch();
        PatchHosts.Answer part =
                hosts.page(
                        patch.release(),
                        patch.source(),
                        patch.version(),
                        ExposureApi.after(cursor),
                        limit);
        HostId next = part.next();
        return new Page<>(
                NamedHost.of(part.hosts(), names),
                next == null ? null : next.toString(),
                part.total());
    }

    @GetMapping(
            path = "/{id}/hosts",
            produces = {Columns.CSV, Columns.LINES})
    void hostsWhole(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        PatchId patch = quarantine.entry(id).patch();
        NamedHost.COLUMNS.send(
                request,
                response,
                row ->
                        hosts.stream(
                                patch.release(),
                                patch.source(),
                                patch.version(),
                                some -> NamedHost.of(some, names).forEach(row)));
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
