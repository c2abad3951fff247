package dev.understudy.api;

import dev.understudy.fleet.HostNames;
import dev.understudy.fleet.Hosts;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.FleetReasons;
import dev.understudy.risk.Reason;
import dev.understudy.risk.WhyUnpatched;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
    private static final int AT_ONCE = 1_000;

    private static final Columns<OfFleet> OF_FLEET =
            new Columns<OfFleet>()
                    .with("subject", OfFleet::subject)
                    .with("pending", OfFleet::pending)
                    .with("packages", each -> String.join(" ", each.packages()))
                    .with("cves", each -> String.join(" ", each.cves()))
                    .with("reason", each -> each.reason().code())
                    .with("hosts", OfFleet::hosts)
                    .with(
                            "first_hosts",
                            each ->
                                    each.first().stream()
                                            .map(Named::name)
                                            .collect(Collectors.joining(" ")))
                    .with("sentence", each -> each.reason().sentence());

    private static final Columns<PatchView.Why> OF_HOST =
            new Columns<PatchView.Why>()
                    .with("package", PatchView.Why::packageName)
                    .with("architecture", PatchView.Why::architecture)
                    .with("installed", PatchView.Why::installedVersion)
                    .with("candidate", PatchView.Why::candidateVersion)
                    .with("patch", PatchView.Why::patch)
                    .with("cves", each -> String.join(" ", each.cves()))
                    .with("reason", each -> each.reason().code())
                    .with("sentence", each -> each.reason().sentence());

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

    @GetMapping(
            path = "/why",
            produces = {Columns.CSV, Columns.LINES})
    void fleetWhole(
            @RequestParam @Nullable String group,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        List<FleetReasons.Row> all = fleet.of(group);
        OF_FLEET.send(
                request,
                response,
                row -> {
                    for (int from = 0; from < all.size(); from += AT_ONCE) {
                        named(all.subList(from, Math.min(all.size(), from + AT_ONCE))).forEach(row);
                    }
                });
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

    /// @param wanted only what concerns this package, or is of the patch of this source package
    @GetMapping("/hosts/{host}/why")
    OfHost ofHost(
            @PathVariable String host,
            @RequestParam("package") @Nullable String wanted,
            @RequestParam(defaultValue = "500") int limit,
            @RequestParam @Nullable String cursor) {
        WhyUnpatched.Reasons reasons = why.forHost(hosts.named(host).id());
        Page<PatchView.Why> page = Page.of(packages(reasons, wanted), limit, cursor);
        return new OfHost(page.items(), page.cursor(), page.total(), reasons.host());
    }

    private static List<PatchView.Why> packages(
            WhyUnpatched.Reasons reasons, @Nullable String wanted) {
        return reasons.packages().stream()
                .filter(each -> wanted == null || each.concerns(wanted))
                .map(PatchView.Why::of)
                .toList();
    }

    /// What concerns the host as a whole has no package.
    @GetMapping(
            path = "/hosts/{host}/why",
            produces = {Columns.CSV, Columns.LINES})
    void hostWhole(
            @PathVariable String host,
            @RequestParam("package") @Nullable String wanted,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        WhyUnpatched.Reasons reasons = why.forHost(hosts.named(host).id());
        OF_HOST.send(
                request,
                response,
                row -> {
                    packages(reasons, wanted).forEach(row);
                    reasons.host().forEach(each -> row.accept(PatchView.Why.ofWholeHost(each)));
                });
    }
}
