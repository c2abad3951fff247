package dev.understudy.console;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.HostFilter;
import dev.understudy.fleet.Hosts;
import dev.understudy.governance.FleetStop;
import dev.understudy.learning.Forecasts;
import dev.understudy.risk.Deadline;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.PatchFilter;
import dev.understudy.risk.Patches;
import dev.understudy.risk.RankedPatch;
import dev.understudy.risk.RiskSummary;
import dev.understudy.risk.WhyUnpatched;
import dev.understudy.rollout.Escalation;
import dev.understudy.rollout.Escalations;
import dev.understudy.rollout.RehearsalViews;
import dev.understudy.rollout.RolloutId;
import dev.understudy.rollout.RolloutViews;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// The first page: is the fleet stopped, what is moving, what matters most, who is out there.
@RestController
public final class OverviewPage {
    private static final int MOST_ROLLOUTS = 6;
    private static final int MOST_PATCHES = 25;
    private static final int MOST_HOSTS = 50;
    private static final Duration SILENT_AFTER = Duration.ofMinutes(15);

    private final Hosts hosts;
    private final Patches patches;
    private final WhyUnpatched why;
    private final RolloutViews rollouts;
    private final RehearsalViews rehearsals;
    private final Escalations escalations;
    private final Forecasts forecasts;
    private final FleetStop stop;
    private final TemplateEngine templates;
    private final InstantSource clock;

    public OverviewPage(
            Hosts hosts,
            Patches patches,
            WhyUnpatched why,
            RolloutViews rollouts,
            RehearsalViews rehearsals,
            Escalations escalations,
            Forecasts forecasts,
            FleetStop stop,
            TemplateEngine templates,
            InstantSource clock) {
        this.hosts = hosts;
        this.patches = patches;
        this.why = why;
        this.rollouts = rollouts;
        this.rehearsals = rehearsals;
        this.escalations = escalations;
        this.forecasts = forecasts;
        this.stop = stop;
        this.templates = templates;
        this.clock = clock;
    }

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    String show() {
        StringOutput page = new StringOutput();
        templates.render("console/overview.jte", view(clock.instant()), page);
        return page.toString();
    }

    private OverviewView view(Instant now) {
        RiskSummary summary = patches.summary();
        List<RolloutViews.Summary> newest = rollouts.newest(MOST_ROLLOUTS);
        Map<RolloutId, String> expected =
                forecasts.sentences(newest.stream().map(RolloutViews.Summary::id).toList());
        return new OverviewView(
                stop.current()
                        .map(
                                s ->
                                        "%s, %s ago: %s"
                                                .formatted(
                                                        s.actor(),
                                                        span(Duration.between(s.since(), now)),
                                                        s.reason()))
                        .orElse(""),
                escalations.open().stream().map(OverviewPage::row).toList(),
                figures(summary, now),
                summary.coverage(),
                newest.stream()
                        .map(
                                rollout ->
                                        row(
                                                rollout,
                                                expected.getOrDefault(rollout.id(), ""),
                                                rollout.open()
                                                        ? rehearsals.get(rollout.id()).sentence()
                                                        : "",
                                                now))
                        .toList(),
                patches.ranked(PatchFilter.all()).stream()
                        .limit(MOST_PATCHES)
                        .map(patch -> row(patch, now))
                        .toList(),
                hosts.list(new HostFilter(null, null, null, null, false)).stream()
                        .limit(MOST_HOSTS)
                        .map(host -> row(host, now))
                        .toList());
    }

    private static List<OverviewView.Figure> figures(RiskSummary summary, Instant now) {
        Deadline earliest = summary.earliest();
        Integer exploited = summary.knownExploited();
        return List.of(
                new OverviewView.Figure("" + summary.hosts(), "hosts", false),
                new OverviewView.Figure(
                        "" + summary.hostsWithSecurityPatches(), "need security patches", false),
                new OverviewView.Figure("" + summary.pendingPatches(), "pending patches", false),
                new OverviewView.Figure("" + summary.cves(), "CVEs they fix", false),
                new OverviewView.Figure(
                        exploited == null ? "unknown" : exploited.toString(),
                        "known exploited",
                        exploited != null && exploited > 0),
                new OverviewView.Figure(
                        due(earliest, now),
                        "earliest deadline",
                        earliest != null && earliest.overdue(now)));
    }

    private static OverviewView.EscalationRow row(Escalation escalation) {
        String by = escalation.acknowledgedBy();
        RolloutId rollout = escalation.rollout();
        String name = rollout == null ? escalation.group() : rollout.brief();
        return new OverviewView.EscalationRow(
                (rollout == null ? "Group " : "Rollout ") + name,
                escalation.sentence(),
                by == null ? "" : by.replaceFirst("^token:", ""),
                by == null ? "understudy escalations ack " + name : "");
    }

    private static OverviewView.RolloutRow row(
            RolloutViews.Summary rollout, String forecast, String rehearsals, Instant now) {
        int all = Math.max(1, rollout.hosts().values().stream().mapToInt(n -> n).sum());
        List<OverviewView.Part> parts =
                rollout.hosts().entrySet().stream()
                        .map(e -> part(e.getKey(), e.getValue(), all))
                        .sorted(Comparator.comparingInt(OverviewPage::place))
                        .toList();
        String counts =
                parts.stream()
                        .map(part -> "%d %s".formatted(part.hosts(), part.state()))
                        .collect(Collectors.joining(" · "));
        return new OverviewView.RolloutRow(
                rollout.id().brief(),
                rollout.title(),
                words(rollout.state()),
                span(Duration.between(rollout.startedAt(), now)) + " ago",
                rollout.startedBy().replaceFirst("^token:", ""),
                rollout.open() ? rollout.sentence() + " " + counts : rollout.sentence(),
                rollout.open() ? rollout.promise() : "",
                forecast,
                rehearsals,
                next(rollout.state(), rollout.id().brief()),
                switch (rollout.state()) {
                    case "Halted" -> "bad";
                    case "Completed" -> "good";
                    case "AwaitingApproval", "Announced", "Objected" -> "hold";
                    case "Held", "Paused", "RolledBack" -> "hold";
                    default -> "busy";
                },
                parts);
    }

    private static String next(String state, String id) {
        return switch (state) {
            case "AwaitingApproval", "Held" -> "understudy rollout approve " + id;
            case "Announced" -> "understudy rollout object %s --reason …".formatted(id);
            case "Objected" -> "understudy rollout lift %s --reason …".formatted(id);
            case "Paused" -> "understudy rollout resume " + id;
            case "Halted" -> "understudy quarantine";
            default -> "";
        };
    }

    private static OverviewView.Part part(String state, int hosts, int all) {
        return new OverviewView.Part(words(state), tone(state), hosts, 100 * hosts / all);
    }

    /// How a deployment's state is painted; a state that is not known here counts as waiting.
    private static String tone(String state) {
        return switch (state) {
            case "Done" -> "good";
            case "Rehearsing", "Applying", "Verifying", "RollingBack" -> "busy";
            case "FailedInTwin", "Restored", "Broken", "Unhealthy" -> "bad";
            case "NotInEffect", "Doubtful", "Skipped", "RolledBack" -> "hold";
            default -> "wait";
        };
    }

    private static int place(OverviewView.Part part) {
        return List.of("good", "busy", "hold", "bad", "wait").indexOf(part.tone());
    }

    private static OverviewView.PatchRow row(RankedPatch patch, Instant now) {
        Deadline deadline = patch.deadline();
        return new OverviewView.PatchRow(
                patch.id().toString(),
                deadline == null && patch.security() ? "next upgrade" : due(deadline, now),
                deadline != null && deadline.overdue(now),
                patch.knownExploited().name().toLowerCase(Locale.ROOT),
                patch.cves().size(),
                patch.hosts(),
                patch.sentence());
    }

    private OverviewView.HostRow row(Host host, Instant now) {
        List<HostPatch> pending = patches.forHost(host.id());
        Instant seen = host.lastSeen();
        var platform = host.platform();
        return new OverviewView.HostRow(
                host.name(),
                host.group(),
                platform == null ? "" : platform.prettyName(),
                host.capabilities() == null ? "" : host.managed() ? "managed" : "observe",
                pending.size(),
                seen == null ? "never" : span(Duration.between(seen, now)) + " ago",
                seen == null || seen.isBefore(now.minus(SILENT_AFTER)),
                pending.isEmpty() ? "" : mostCommonReason(host));
    }

    private String mostCommonReason(Host host) {
        Map<String, Long> sentences =
                why.forHost(host.id()).packages().stream()
                        .map(unpatched -> unpatched.reason().sentence())
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return sentences.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }

    private static String due(@Nullable Deadline deadline, Instant now) {
        if (deadline == null) {
            return "none";
        }
        return deadline.overdue(now)
                ? "overdue by " + span(Duration.between(deadline.due(), now))
                : "in " + span(Duration.between(now, deadline.due()));
    }

    private static String span(Duration duration) {
        if (duration.toDays() >= 2) {
            return duration.toDays() + " d";
        }
        if (duration.toHours() >= 2) {
            return duration.toHours() + " h";
        }
        return duration.toMinutes() >= 2
                ? duration.toMinutes() + " min"
                : duration.toSeconds() + " s";
    }

    /// `FailedInTwin` as `failed in twin`.
    private static String words(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
