package dev.understudy.api;

import dev.understudy.fleet.HostNames;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.exposure.Episode;
import dev.understudy.risk.exposure.Exposed;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.PastExposure;
import dev.understudy.risk.exposure.Survival;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Who is exposed to a vulnerability, now or at a past instant: in parts, or as a whole as lines of
/// JSON or CSV.
@RestController
@RequestMapping("/api/v1/exposed/{cve}")
public final class ExposureApi {
    private static final int BATCH = 1_000;

    private static final Columns<Row> ROWS =
            new Columns<Row>()
                    .with("host", Row::host)
                    .with("name", Row::name)
                    .with("group", Row::group)
                    .with("state", Row::state)
                    .with("source", Row::source)
                    .with("version", Row::version)
                    .with("fixed", Row::fixed)
                    .with("advisory", Row::advisory)
                    .with("patch", Row::patch)
                    .with("assumed", Row::assumed);

    private static final Columns<Survival.Point> POINTS =
            new Columns<Survival.Point>()
                    .with("after", Survival.Point::after)
                    .with("open", Survival.Point::open)
                    .with("low", Survival.Point::low)
                    .with("high", Survival.Point::high)
                    .with("at_risk", Survival.Point::atRisk)
                    .with("fixed", Survival.Point::fixed);

    private static final Columns<Stretch> STRETCHES =
            new Columns<Stretch>()
                    .with("host", Stretch::host)
                    .with("name", Stretch::name)
                    .with("group", Stretch::group)
                    .with("from", Stretch::from)
                    .with("stopped", Stretch::stopped)
                    .with("by", Stretch::by);

    private final ExposedHosts exposed;
    private final PastExposure past;
    private final HostNames names;
    private final InstantSource clock;

    public ExposureApi(
            ExposedHosts exposed, PastExposure past, HostNames names, InstantSource clock) {
        this.exposed = exposed;
        this.past = past;
        this.names = names;
        this.clock = clock;
    }

    /// A part of an answer.
    ///
    /// @param hosts how many are exposed altogether
    /// @param groups how many of them are in each group; of a past instant, by the groups of now
    /// @param at the instant that the answer is about
    public record Part(
            String cve,
            Instant at,
            int hosts,
            Map<String, Integer> groups,
            List<Row> items,
            @Nullable String cursor) {}

    /// @param state `AFFECTED`, or `NOT_IN_EFFECT` where the fix is installed and the old version
    ///   still runs
    /// @param assumed what is not known and counts as the worst case; empty where nothing is
    public record Row(
            HostId host,
            String name,
            String group,
            String state,
            String source,
            String version,
            @Nullable String fixed,
            String advisory,
            @Nullable String patch,
            String assumed) {}

    @GetMapping
    Part exposed(
            @PathVariable String cve,
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String at,
            @RequestParam(defaultValue = "100") int limit,
            @RequestParam @Nullable String cursor) {
        String id = AdvisoriesApi.requireId(cve);
        Page.requireLimit(limit);
        HostId after = after(cursor);
        if (at == null) {
            ExposedHosts.Answer answer = exposed.page(id, group, after, limit);
            return new Part(
                    id,
                    answer.asOf(),
                    answer.total(),
                    answer.groups(),
                    rows(answer.rows()),
                    text(answer.next()));
        }
        Instant time = instant(at);
        PastExposure.Answer answer = past.page(id, time, group, after, limit);
        return new Part(
                id,
                time,
                answer.total(),
                answer.groups(),
                rows(answer.rows()),
                text(answer.next()));
    }

    @GetMapping(produces = {Columns.CSV, Columns.LINES})
    void whole(
            @PathVariable String cve,
            @RequestParam @Nullable String group,
            @RequestParam @Nullable String at,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        ROWS.send(
                request, response, row -> stream(cve, group, at, some -> rows(some).forEach(row)));
    }

    /// How long exposures lasted.
    ///
    /// @param points how many points the whole curve has
    /// @param curve at most as many as asked for: where it has come down by another equal share,
    ///   and its end
    record Lasted(
            String cve,
            int episodes,
            int fixed,
            @Nullable Duration halfLife,
            @Nullable Duration halfLifeFrom,
            @Nullable Duration halfLifeTo,
            int points,
            List<Survival.Point> curve) {}

    /// How long exposures lasted: the Kaplan–Meier curve.
    @GetMapping("/survival")
    Lasted survival(
            @PathVariable String cve,
            @RequestParam @Nullable String group,
            @RequestParam(defaultValue = "100") int limit) {
        Page.requireLimit(limit);
        Survival all = curve(cve, group);
        return new Lasted(
                cve,
                all.episodes(),
                all.fixed(),
                all.halfLife(),
                all.halfLifeFrom(),
                all.halfLifeTo(),
                all.curve().size(),
                all.steps(limit));
    }

    /// Every point of the curve.
    @GetMapping(
            path = "/survival",
            produces = {Columns.CSV, Columns.LINES})
    void survivalWhole(
            @PathVariable String cve,
            @RequestParam @Nullable String group,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        POINTS.send(request, response, curve(cve, group).curve()::forEach);
    }

    private Survival curve(String cve, @Nullable String group) {
        return past.survival(AdvisoriesApi.requireId(cve), group, clock.instant());
    }

    /// When a host was exposed.
    record Stretch(
            HostId host,
            String name,
            String group,
            Instant from,
            @Nullable Instant stopped,
            Episode.End by) {}

    /// When each host was exposed, and what stopped the clock: `FIXED` is a fix that was in effect,
    /// not one that was installed; `OPEN` goes on and has no end.
    @GetMapping(
            path = "/episodes",
            produces = {Columns.CSV, Columns.LINES})
    void episodes(
            @PathVariable String cve,
            @RequestParam @Nullable String group,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        String id = AdvisoriesApi.requireId(cve);
        STRETCHES.send(request, response, row -> episodes(id, group, row));
    }

    private void episodes(String cve, @Nullable String group, Consumer<Stretch> taken) {
        List<Episode> batch = new ArrayList<>();
        past.episodes(
                cve,
                group,
                each -> {
                    batch.add(each);
                    if (batch.size() == BATCH) {
                        stretches(batch).forEach(taken);
                        batch.clear();
                    }
                });
        stretches(batch).forEach(taken);
    }

    private List<Stretch> stretches(List<Episode> episodes) {
        Map<HostId, HostNames.Named> named =
                names.of(episodes.stream().map(Episode::host).distinct().toList());
        return episodes.stream()
                .map(
                        each -> {
                            HostNames.Named host =
                                    named.getOrDefault(each.host(), HostNames.Named.NOBODY);
                            return new Stretch(
                                    each.host(),
                                    host.name(),
                                    host.group(),
                                    each.period().from(),
                                    each.period().to(),
                                    each.end());
                        })
                .toList();
    }

    private void stream(
            String cve, @Nullable String group, @Nullable String at, Consumer<List<Exposed>> rows) {
        String id = AdvisoriesApi.requireId(cve);
        if (at == null) {
            exposed.stream(id, group, rows);
        } else {
            past.stream(id, instant(at), group, rows);
        }
    }

    private List<Row> rows(List<Exposed> found) {
        Map<HostId, HostNames.Named> named =
                names.of(found.stream().map(Exposed::host).distinct().toList());
        return found.stream().map(each -> row(each, named)).toList();
    }

    private static Row row(Exposed each, Map<HostId, HostNames.Named> named) {
        HostNames.Named host = named.getOrDefault(each.host(), HostNames.Named.NOBODY);
        return new Row(
                each.host(),
                host.name(),
                host.group(),
                each.installed() ? "AFFECTED" : "NOT_IN_EFFECT",
                each.source(),
                each.version(),
                each.fixed(),
                each.advisory(),
                each.patch(),
                each.assumed());
    }

    /// An instant as ISO 8601; a day alone is its end in UTC, so that the whole day counts.
    static Instant instant(String text) {
        try {
            return text.length() == 10
                    ? java.time.LocalDate.parse(text)
                            .plusDays(1)
                            .atStartOfDay(java.time.ZoneOffset.UTC)
                            .toInstant()
                            .minusMillis(1)
                    : java.time.OffsetDateTime.parse(text).toInstant();
        } catch (java.time.format.DateTimeParseException e) {
            throw Problem.invalid(
                    "time-invalid",
                    "'%s' is no time. Write 2026-11-23T12:00:00Z, or a day: 2026-11-23."
                            .formatted(text));
        }
    }

    /// The host after which a part begins; null for the first one.
    static @Nullable HostId after(@Nullable String cursor) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            return new HostId(UUID.fromString(cursor));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    "cursor-invalid",
                    "'%s' is not a cursor that this list gave.".formatted(cursor));
        }
    }

    private static @Nullable String text(@Nullable HostId host) {
        return host == null ? null : host.toString();
    }
}
