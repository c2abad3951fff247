package dev.understudy.api;

import dev.understudy.fleet.HostNames;
import dev.understudy.fleet.Hosts;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.PatchFilter;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Patches;
import dev.understudy.risk.RankedPatch;
import dev.understudy.risk.RiskSummary;
import dev.understudy.risk.exposure.PatchHosts;
import dev.understudy.rollout.Quarantine;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Which patches hosts need, ranked.
@RestController
@RequestMapping("/api/v1")
public final class PatchesApi {
    private final Patches patches;
    private final Hosts hosts;
    private final PatchHosts patchHosts;
    private final HostNames names;
    private final Quarantine quarantine;

    public PatchesApi(
            Patches patches,
            Hosts hosts,
            PatchHosts patchHosts,
            HostNames names,
            Quarantine quarantine) {
        this.patches = patches;
        this.hosts = hosts;
        this.patchHosts = patchHosts;
        this.names = names;
        this.quarantine = quarantine;
    }

    /// A patch with what it means on the first hosts that need it.
    ///
    /// @param cursor where the next of them begin; see [#hosts]
    record Detail(PatchView.OfFleet patch, List<OnHost> hosts, @Nullable String cursor) {}

    /// What a patch means on one host.
    record OnHost(HostId host, String name, PatchView.OfHost patch) {}

    @GetMapping("/patches")
    Page<PatchView.OfFleet> ranked(
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String host,
            @RequestParam(defaultValue = "false") boolean security,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        return Page.of(all(group, host, security), limit, cursor);
    }

    @GetMapping(
            path = "/patches",
            produces = {Columns.CSV, Columns.LINES})
    void rankedWhole(
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String host,
            @RequestParam(defaultValue = "false") boolean security,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        PatchView.COLUMNS.send(request, response, all(group, host, security)::forEach);
    }

    private List<PatchView.OfFleet> all(
            @Nullable String group, @Nullable String host, boolean security) {
        HostId only = host == null ? null : hosts.named(host).id();
        List<Quarantine.Entry> locked = quarantine.everywhere();
        return patches.ranked(new PatchFilter(group, only, security)).stream()
                .map(patch -> PatchView.OfFleet.of(patch, locked))
                .toList();
    }

    @GetMapping("/patches/summary")
    RiskSummary summary() {
        return patches.summary();
    }

    @GetMapping("/patches/{release}/{source}/{version}")
    Detail patch(
            @PathVariable String release,
            @PathVariable String source,
            @PathVariable String version) {
        PatchId id = id(release, source, version);
        RankedPatch found =
                patches.ranked(PatchFilter.all()).stream()
                        .filter(patch -> patch.id().equals(id))
                        .findAny()
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "patch-not-needed",
                                                "No host needs the patch %s.".formatted(id)));
        Page<OnHost> first = hosts(release, source, version, null, 100, null);
        return new Detail(
                PatchView.OfFleet.of(found, quarantine.everywhere()),
                first.items(),
                first.cursor());
    }

    /// The hosts that need a patch, by id, with what it means there. A part costs its hosts.
    @GetMapping("/patches/{release}/{source}/{version}/hosts")
    Page<OnHost> hosts(
            @PathVariable String release,
            @PathVariable String source,
            @PathVariable String version,
            @RequestParam @Nullable String group,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        PatchId id = id(release, source, version);
        Page.requireLimit(limit);
        PatchHosts.Answer part =
                patchHosts.page(release, source, version, group, ExposureApi.after(cursor), limit);
        HostId next = part.next();
        return new Page<>(
                onHosts(part.hosts(), id), next == null ? null : next.toString(), part.total());
    }

    @GetMapping(
            path = "/patches/{release}/{source}/{version}/hosts",
            produces = {Columns.CSV, Columns.LINES})
    void hostsWhole(
            @PathVariable String release,
            @PathVariable String source,
            @PathVariable String version,
            @RequestParam @Nullable String group,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        PatchId id = id(release, source, version);
        NamedHost.COLUMNS.send(
                request,
                response,
                row ->
                        patchHosts.stream(
                                id.release(),
                                id.source(),
                                id.version(),
                                group,
                                some -> NamedHost.of(some, names).forEach(row)));
    }

    private List<OnHost> onHosts(List<HostId> hosts, PatchId id) {
        Map<HostId, HostNames.Named> named = names.of(hosts);
        Map<HostId, List<HostPatch>> needed = patches.forHosts(Set.copyOf(hosts));
        return hosts.stream()
                .flatMap(
                        host ->
                                needed.getOrDefault(host, List.of()).stream()
                                        .filter(patch -> patch.id().equals(id))
                                        .map(patch -> onHost(host, patch, named)))
                .toList();
    }

    private static OnHost onHost(HostId host, HostPatch patch, Map<HostId, HostNames.Named> named) {
        return new OnHost(
                host,
                named.getOrDefault(host, HostNames.Named.NOBODY).name(),
                PatchView.OfHost.of(patch));
    }

    private static PatchId id(String release, String source, String version) {
        try {
            return new PatchId(release, source, version);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("patch-name-invalid", String.valueOf(e.getMessage()));
        }
    }

    @GetMapping("/hosts/{host}/patches")
    Page<PatchView.OfHost> ofHost(
            @PathVariable String host,
            @RequestParam(defaultValue = "false") boolean security,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        List<PatchView.OfHost> all =
                patches.forHost(hosts.named(host).id()).stream()
                        .filter(patch -> patch.security() || !security)
                        .map(PatchView.OfHost::of)
                        .toList();
        return Page.of(all, limit, cursor);
    }
}
