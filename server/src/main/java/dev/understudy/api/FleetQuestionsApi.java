package dev.understudy.api;

import dev.understudy.platform.Problem;
import dev.understudy.risk.NextDeadlines;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.exposure.ChangesSince;
import dev.understudy.risk.exposure.WhatIf;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Questions about the fleet as a whole: what a patch would change, what is due next, and what is
/// different from before.
@RestController
@RequestMapping("/api/v1")
public final class FleetQuestionsApi {
    private static final int EVERY = Integer.MAX_VALUE;

    private static final Columns<WhatIf.Difference> DIFFERENCES =
            new Columns<WhatIf.Difference>()
                    .with("cve", WhatIf.Difference::cve)
                    .with("now", WhatIf.Difference::now)
                    .with("then", WhatIf.Difference::then);

    private static final Columns<NextDeadlines.Next> DEADLINES =
            new Columns<NextDeadlines.Next>()
                    .with("due", NextDeadlines.Next::due)
                    .with("class", NextDeadlines.Next::deadlineClass)
                    .with("cve", NextDeadlines.Next::cve)
                    .with("advisory", NextDeadlines.Next::advisory)
                    .with("release", NextDeadlines.Next::release)
                    .with("source", NextDeadlines.Next::source)
                    .with("fixed", NextDeadlines.Next::fixed)
                    .with("patch", NextDeadlines.Next::patch)
                    .with("internet", NextDeadlines.Next::internet)
                    .with("hosts", NextDeadlines.Next::hosts)
                    .with("standard", NextDeadlines.Next::standard)
                    .with("clock_start", NextDeadlines.Next::clockStart)
                    .with("clock_reason", NextDeadlines.Next::clockReason)
                    .with("assumed", each -> String.join("; ", each.assumed()))
                    .with("excepted", NextDeadlines.Next::excepted);

    private static final Columns<Change> CHANGES =
            new Columns<Change>()
                    .with("change", Change::change)
                    .with("cve", Change::cve)
                    .with("advisory", Change::advisory)
                    .with("release", Change::release)
                    .with("source", Change::source)
                    .with("hosts", Change::hosts);

    private final WhatIf whatIf;
    private final NextDeadlines deadlines;
    private final ChangesSince changes;
    private final InstantSource clock;

    public FleetQuestionsApi(
            WhatIf whatIf, NextDeadlines deadlines, ChangesSince changes, InstantSource clock) {
        this.whatIf = whatIf;
        this.deadlines = deadlines;
        this.changes = changes;
        this.clock = clock;
    }

    /// @param hosts how many hosts would change
    /// @param items the vulnerabilities to which fewer would be exposed, the most hosts first
    /// @param total how many those are
    record Applied(int hosts, List<WhatIf.Difference> items, @Nullable String cursor, int total) {}

    @GetMapping("/what-if/{release}/{source}/{version}")
    Applied whatIf(
            @PathVariable String release,
            @PathVariable String source,
            @PathVariable String version,
            @RequestParam @Nullable String group,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        Page.requireLimit(limit);
        WhatIf.Answer answer = applied(release, source, version, group);
        Page<WhatIf.Difference> part = Page.of(answer.cves(), limit, cursor);
        return new Applied(answer.hosts(), part.items(), part.cursor(), part.total());
    }

    @GetMapping(
            path = "/what-if/{release}/{source}/{version}",
            produces = {Columns.CSV, Columns.LINES})
    void whatIfWhole(
            @PathVariable String release,
            @PathVariable String source,
            @PathVariable String version,
            @RequestParam @Nullable String group,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        DIFFERENCES.send(
                request, response, applied(release, source, version, group).cves()::forEach);
    }

    private WhatIf.Answer applied(
            String release, String source, String version, @Nullable String group) {
        try {
            PatchId patch = new PatchId(release, source, version);
            return whatIf.applied(patch.release(), patch.source(), patch.version(), group);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("patch-name-invalid", String.valueOf(e.getMessage()));
        }
    }

    /// Of what is known to be fixed and lacking, the earliest first, overdue included.
    @GetMapping("/deadlines")
    Page<NextDeadlines.Next> deadlines(
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String until,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        Page.requireLimit(limit);
        int from = Page.position(cursor);
        NextDeadlines.Part part = next(group, until, from, limit);
        return Page.part(part.items(), from, part.total());
    }

    @GetMapping(
            path = "/deadlines",
            produces = {Columns.CSV, Columns.LINES})
    void deadlinesWhole(
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String until,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        DEADLINES.send(request, response, next(group, until, 0, EVERY).items()::forEach);
    }

    private NextDeadlines.Part next(
            @Nullable String group, @Nullable String until, int from, int limit) {
        return deadlines.part(
                group, until == null ? null : ExposureApi.instant(until), from, limit);
    }

    /// @param since an instant or a day; a day ago where it is left out
    /// @param limit how long each list may be; [#changesOf] gives the rest of one
    @GetMapping("/changes")
    ChangesSince.Changes changes(
            @RequestParam @Nullable String since, @RequestParam(defaultValue = "50") int limit) {
        Page.requireLimit(limit);
        return changes.since(time(since), limit);
    }

    /// One list of the changes, in parts; the same `since` gives the same list while nothing
    /// changes.
    ///
    /// @param part `said`, `fixed` or `opened`
    @GetMapping("/changes/{part}")
    Page<?> changesOf(
            @PathVariable String part,
            @RequestParam @Nullable String since,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        Page.requireLimit(limit);
        ChangesSince.Changes all = changes.since(time(since), EVERY);
        return switch (part) {
            case "said" -> Page.of(all.said(), limit, cursor);
            case "fixed" -> Page.of(all.fixed(), limit, cursor);
            case "opened" -> Page.of(all.opened(), limit, cursor);
            default ->
                    throw Problem.notFound(
                            "changes-unknown",
                            "'%s' is none of said, fixed, opened.".formatted(part));
        };
    }

    /// A row of any of the lists, or how many hosts joined, left, or have other packages.
    record Change(
            String change,
            @Nullable String cve,
            @Nullable String advisory,
            @Nullable String release,
            @Nullable String source,
            int hosts) {
        private static Change hosts(String change, int hosts) {
            return new Change(change, null, null, null, null, hosts);
        }

        private static Change of(String change, ChangesSince.Count count) {
            return new Change(change, count.cve(), null, null, null, count.hosts());
        }
    }

    /// Every row of every list.
    @GetMapping(
            path = "/changes",
            produces = {Columns.CSV, Columns.LINES})
    void changesWhole(
            @RequestParam @Nullable String since,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        ChangesSince.Changes all = changes.since(time(since), EVERY);
        CHANGES.send(request, response, row -> each(all, row));
    }

    private static void each(ChangesSince.Changes all, Consumer<Change> row) {
        row.accept(Change.hosts("JOINED", all.joined()));
        row.accept(Change.hosts("LEFT", all.left()));
        row.accept(Change.hosts("OTHER_PACKAGES", all.changed()));
        for (ChangesSince.Said each : all.said()) {
            row.accept(
                    new Change(
                            "SAID",
                            each.cve(),
                            each.advisory(),
                            each.release(),
                            each.source(),
                            each.hosts()));
        }
        all.fixed().forEach(each -> row.accept(Change.of("FIXED", each)));
        all.opened().forEach(each -> row.accept(Change.of("OPENED", each)));
    }

    private Instant time(@Nullable String since) {
        return since == null
                ? clock.instant().minus(Duration.ofDays(1))
                : ExposureApi.instant(since);
    }
}
