package dev.understudy.api;

import dev.understudy.platform.Problem;
import dev.understudy.risk.NextDeadlines;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.exposure.ChangesSince;
import dev.understudy.risk.exposure.WhatIf;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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

    @GetMapping("/what-if/{release}/{source}/{version}")
    WhatIf.Answer whatIf(
            @PathVariable String release,
            @PathVariable String source,
            @PathVariable String version,
            @RequestParam @Nullable String group) {
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

    @GetMapping(path = "/deadlines", produces = "text/csv")
    void csv(
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String until,
            HttpServletResponse response)
            throws IOException {
        Lines lines = new Lines(response, "text/csv");
        lines.csv(
                "due",
                "class",
                "cve",
                "advisory",
                "release",
                "source",
                "fixed",
                "patch",
                "internet",
                "hosts",
                "standard",
                "clock_start",
                "clock_reason",
                "assumed",
                "excepted");
        for (NextDeadlines.Next each : next(group, until, 0, EVERY).items()) {
            lines.csv(
                    each.due(),
                    each.deadlineClass(),
                    each.cve(),
                    each.advisory(),
                    each.release(),
                    each.source(),
                    each.fixed(),
                    each.patch(),
                    each.internet(),
                    each.hosts(),
                    each.standard(),
                    each.clockStart(),
                    each.clockReason(),
                    String.join("; ", each.assumed()),
                    each.excepted());
        }
        lines.end();
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

    /// Every row of every list, and how many hosts joined, left, or have other packages.
    @GetMapping(path = "/changes", produces = "text/csv")
    void changesCsv(@RequestParam @Nullable String since, HttpServletResponse response)
            throws IOException {
        ChangesSince.Changes all = changes.since(time(since), EVERY);
        Lines lines = new Lines(response, "text/csv");
        lines.csv("change", "cve", "advisory", "release", "source", "hosts");
        lines.csv("JOINED", null, null, null, null, all.joined());
        lines.csv("LEFT", null, null, null, null, all.left());
        lines.csv("OTHER_PACKAGES", null, null, null, null, all.changed());
        for (ChangesSince.Said each : all.said()) {
            lines.csv(
                    "SAID",
                    each.cve(),
                    each.advisory(),
                    each.release(),
                    each.source(),
                    each.hosts());
        }
        all.fixed().forEach(each -> lines.csv("FIXED", each.cve(), null, null, null, each.hosts()));
        all.opened()
                .forEach(each -> lines.csv("OPENED", each.cve(), null, null, null, each.hosts()));
        lines.end();
    }

    private Instant time(@Nullable String since) {
        return since == null
                ? clock.instant().minus(Duration.ofDays(1))
                : ExposureApi.instant(since);
    }
}
