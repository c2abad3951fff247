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
import java.util.List;
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
    Items<NextDeadlines.Next> deadlines(
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String until,
            @RequestParam(defaultValue = "100") int limit) {
        Page.requireLimit(limit);
        return new Items<>(next(group, until, limit));
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
        for (NextDeadlines.Next each : next(group, until, EVERY)) {
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

    private List<NextDeadlines.Next> next(
            @Nullable String group, @Nullable String until, int limit) {
        return deadlines.first(group, until == null ? null : ExposureApi.instant(until), limit);
    }

    /// @param since an instant or a day; a day ago where it is left out
    @GetMapping("/changes")
    ChangesSince.Changes changes(
            @RequestParam @Nullable String since, @RequestParam(defaultValue = "50") int limit) {
        Page.requireLimit(limit);
        Instant time =
                since == null
                        ? clock.instant().minus(Duration.ofDays(1))
                        : ExposureApi.instant(since);
        return changes.since(time, limit);
    }
}
