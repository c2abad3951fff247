package dev.understudy.api;

import dev.understudy.fleet.HostNames;
import dev.understudy.fleet.Hosts;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.FleetReasons;
import dev.understudy.risk.Reason;
import dev.understudy.risk.Unpatched;
import dev.understudy.risk.WhyUnpatched;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Why what is not patched is not patched: on one host, and on how many of the fleet.
@RestController
@RequestMapping("/api/v1")
public final class WhyApi {
    private final WhyUnpatched why;
    private final FleetReasons fleet;
    private final Hosts hosts;
    private final HostNames names;

    public WhyApi(WhyUnpatched why, FleetReasons fleet, Hosts hosts, HostNames names) {
        this.why = why;
        this.fleet = fleet;
        this.hosts = hosts;
        this.names = names;
    }

    /// Why packages are not patched; `host` is what concerns the host as a whole.
    record OfHost(
            List<PatchView.Why> items, @Nullable String cursor, int total, List<Reason> host) {}

    /// Something that is not patched, and one reason why; see [FleetReasons.Row].
    ///
    /// @param first the first of the hosts
    record OfFleet(
            String subject,
            boolean pending,
            List<String> packages,
            List<String> cves,
            Reason reason,
            int hosts,
            List<Named> first) {}

    record Named(HostId host, String name) {}

    /// The most hosts first.
    @GetMapping("/why")
    Page<OfFleet> ofFleet(
            @RequestParam @Nullable String group,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        Page.requireLimit(limit);
        Page<FleetReasons.Row> part = Page.of(fleet.of(group), limit, cursor);
        return new Page<>(named(part.items()), part.cursor(), part.total());
    }

    @GetMapping(path = "/why", produces = "text/csv")
    void fleetCsv(@RequestParam @Nullable String group, HttpServletResponse response)
            throws IOException {
        Lines lines = new Lines(response, "text/csv");
        lines.csv(
                "subject",
                "pending",
                "packages",
                "cves",
                "reason",
                "hosts",
                "first_hosts",
                "sentence");
        for (OfFleet each : named(fleet.of(group))) {
            lines.csv(
                    each.subject(),
                    each.pending(),
                    String.join(" ", each.packages()),
                    String.join(" ", each.cves()),
                    each.reason().code(),
                    each.hosts(),
                    String.join(" ", each.first().stream().map(Named::name).toList()),
                    each.reason().sentence());
        }
        lines.end();
    }

    private List<OfFleet> named(List<FleetReasons.Row> rows) {
        Map<HostId, HostNames.Named> named =
                names.of(
                        rows.stream()
                                .map(FleetReasons.Row::first)
                                .flatMap(Collection::stream)
                                .distinct()
                                .toList());
        return rows.stream().map(row -> ofFleet(row, named)).toList();
    }

    private static OfFleet ofFleet(FleetReasons.Row row, Map<HostId, HostNames.Named> named) {
        return new OfFleet(
                row.subject(),
                row.pending(),
                row.packages(),
                row.cves(),
                new Reason(row.code(), row.sentence()),
                row.hosts(),
                row.first().stream()
                        .map(
                                host ->
                                        new Named(
                                                host,
                                                named.getOrDefault(host, HostNames.Named.NOBODY)
                                                        .name()))
                        .toList());
    }

    @GetMapping("/hosts/{host}/why")
    OfHost ofHost(
            @PathVariable String host,
            @RequestParam(defaultValue = "500") int limit,
            @RequestParam @Nullable String cursor) {
        WhyUnpatched.Reasons reasons = why.forHost(hosts.named(host).id());
        Page<PatchView.Why> page =
                Page.of(reasons.packages().stream().map(PatchView.Why::of).toList(), limit, cursor);
        return new OfHost(page.items(), page.cursor(), page.total(), reasons.host());
    }

    /// What concerns the host as a whole has no package.
    @GetMapping(path = "/hosts/{host}/why", produces = "text/csv")
    void hostCsv(@PathVariable String host, HttpServletResponse response) throws IOException {
        WhyUnpatched.Reasons reasons = why.forHost(hosts.named(host).id());
        Lines lines = new Lines(response, "text/csv");
        lines.csv(
                "package",
                "architecture",
                "installed",
                "candidate",
                "patch",
                "cves",
                "reason",
                "sentence");
        for (Unpatched each : reasons.packages()) {
            lines.csv(
                    each.packageName(),
                    each.architecture(),
                    each.installedVersion(),
                    each.candidateVersion(),
                    Objects.toString(each.patch(), ""),
                    String.join(" ", each.cves()),
                    each.reason().code(),
                    each.reason().sentence());
        }
        for (Reason each : reasons.host()) {
            lines.csv("", "", "", "", "", "", each.code(), each.sentence());
        }
        lines.end();
    }
}
