package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.FactChanges;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.OpenFixes;
import dev.understudy.risk.exposure.OpenFixes.OpenFix;
import dev.understudy.risk.exposure.Stratum;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// By when which fixes have to be in effect, the earliest first: from what the whole fleet lacks,
/// without looking at single hosts, by the rule of each host's group and with the exceptions that
/// hold. A patch's own deadline, as [Patches] gives it, is the earliest of its vulnerabilities'
/// here. What nothing pending fixes yet is here too.
public final class NextDeadlines {
    private static final Comparator<Next> ORDER =
            Comparator.comparing(Next::due)
                    .thenComparing(Next::cve)
                    .thenComparing(Next::release)
                    .thenComparing(Next::source)
                    .thenComparing(each -> Objects.requireNonNullElse(each.patch(), ""))
                    .thenComparing(Next::fixed)
                    .thenComparing(Next::standard)
                    .thenComparing(Comparator.comparing(Next::internet).reversed())
                    .thenComparing(Next::excepted)
                    .thenComparing(each -> String.join(" ", each.assumed()));

    private final OpenFixes fixes;
    private final Feeds feeds;
    private final FactChanges changes;
    private final VulnerabilityFacts vulnerabilities;
    private final DeadlineRules rules;
    private final FindingExceptions exceptions;
    private final FirstSeen firstSeen;
    private final DeadlineClocks clocks;
    private final InstantSource clock;
    private final Map<String, CveFacts> known = new HashMap<>();
    private long generation = Long.MIN_VALUE;

    public NextDeadlines(
            Database database, Feeds feeds, FollowDatabase index, InstantSource clock) {
        AuditTrail audit = new AuditTrail(database, clock);
        this.fixes = new OpenFixes(index);
        this.feeds = feeds;
        this.changes = new FactChanges(database);
        this.vulnerabilities = new VulnerabilityFacts(database);
        this.rules = new DeadlineRules(database, audit);
        this.exceptions = new FindingExceptions(database, audit, clock);
        this.firstSeen = new FirstSeen(database);
        this.clocks = new DeadlineClocks(database);
        this.clock = clock;
    }

    /// @param cve empty where a patch comes from the security archive and nobody says what it fixes
    /// @param advisory who tells; `changelog` where only the hosts' own package metadata does
    /// @param source the package as advisories know it, and `fixed` its first version with the fix
    /// @param patch what would bring it, as RELEASE/SOURCE/VERSION; null where nothing pending does
    /// @param internet whether these are the hosts that count as exposed to the internet
    /// @param hosts how many of them lack the fix
    /// @param standard of the rule of the hosts' groups
    /// @param excepted who left it open, until when and why; empty if nobody did
    public record Next(
            String cve,
            String advisory,
            String release,
            String source,
            String fixed,
            @Nullable String patch,
            boolean internet,
            int hosts,
            DeadlineRule.Standard standard,
            DeadlineClass deadlineClass,
            Instant due,
            Instant clockStart,
            String clockReason,
            List<String> assumed,
            String excepted) {
        public Next {
            assumed = List.copyOf(assumed);
        }

        private Next on(int some) {
            return new Next(
                    cve,
                    advisory,
                    release,
                    source,
                    fixed,
                    patch,
                    internet,
                    some,
                    standard,
                    deadlineClass,
                    due,
                    clockStart,
                    clockReason,
                    assumed,
                    excepted);
        }
    }

    /// What hosts have in common that have the same deadlines.
    private record Kind(DeadlineTerms terms, Exposure exposure, Criticality criticality) {
        static Kind of(DeadlineTerms terms, Stratum stratum) {
            return new Kind(terms, stratum.exposure(), stratum.criticality());
        }
    }

    /// @param until only deadlines before this; null for all
    public List<Next> first(@Nullable String group, @Nullable Instant until, int limit) {
        return part(group, until, 0, limit).items();
    }

    /// A part of the answer.
    ///
    /// @param total how long the whole is
    public record Part(List<Next> items, int total) {
        public Part {
            items = List.copyOf(items);
        }
    }

    /// Those from number `from` on, counted from 0.
    ///
    /// @param group null for the whole fleet
    /// @param until only deadlines before this; null for all
    public Part part(@Nullable String group, @Nullable Instant until, int from, int limit) {
        DeadlineTerms.OfFleet terms =
                new DeadlineTerms.OfFleet(rules.decided(), exceptions.holding());
        List<OpenFix<Kind>> open =
                fixes.all(
                        group,
                        new OpenFixes.Kinds<>(
                                stratum -> Kind.of(terms.of(stratum.group()), stratum),
                                terms.exceptedHosts(),
                                (host, stratum) ->
                                        Kind.of(terms.of(host, stratum.group()), stratum)));
        Instant now = clock.instant();
        Known facts = new Known(facts(open), seen(open, now));
        Map<Next, Integer> hosts = new HashMap<>();
        for (OpenFix<Kind> each : open) {
            rows(each, facts)
                    .filter(next -> until == null || next.due().isBefore(until))
                    .forEach(next -> hosts.merge(next, each.hosts(), Integer::sum));
        }
        List<Next> first =
                hosts.entrySet().stream()
                        .map(each -> each.getKey().on(each.getValue()))
                        .sorted(ORDER)
                        .skip(from)
                        .limit(limit)
                        .toList();
        clocks.recordStarts(first.stream().flatMap(NextDeadlines::start).toList(), now);
        return new Part(first, hosts.size());
    }

    private static Stream<DeadlineClocks.Start> start(Next next) {
        String patch = next.patch();
        return patch == null || next.cve().isEmpty()
                ? Stream.of()
                : Stream.of(
                        new DeadlineClocks.Start(
                                patch, next.cve(), next.clockStart(), next.clockReason()));
    }

    /// What is known of vulnerabilities, read again where feeds say something else now.
    private synchronized Map<String, CveFacts> facts(List<OpenFix<Kind>> open) {
        if (feeds.generation() != generation) {
            FactChanges.Since since = changes.since(generation);
            if (since.facts()) {
                known.clear();
            } else {
                known.keySet().removeAll(since.cves());
            }
            generation = since.generation();
        }
        Set<String> wanted =
                open.stream().flatMap(each -> each.cves().stream()).collect(Collectors.toSet());
        Set<String> missing = new HashSet<>(wanted);
        missing.removeAll(known.keySet());
        known.putAll(vulnerabilities.of(missing));
        known.keySet().retainAll(wanted);
        return Map.copyOf(known);
    }

    /// When patches were first seen that no advisory dates.
    private Map<PatchId, Instant> seen(List<OpenFix<Kind>> open, Instant now) {
        return firstSeen.of(
                open.stream()
                        .filter(each -> each.published() == null)
                        .flatMap(each -> patch(each).stream())
                        .collect(Collectors.toSet()),
                now);
    }

    private static Optional<PatchId> patch(OpenFix<Kind> open) {
        String source = open.source();
        String version = open.version();
        return source == null || version == null
                ? Optional.empty()
                : Optional.of(new PatchId(open.release(), source, version));
    }

    private record Known(Map<String, CveFacts> facts, Map<PatchId, Instant> seen) {
        DeadlineOf.Clock available(OpenFix<Kind> open, @Nullable PatchId patch) {
            Instant inForce = open.inForce();
            return DeadlineOf.Clock.available(
                    open.published(),
                    patch == null
                            ? new DeadlineOf.Clock(
                                    Objects.requireNonNull(inForce, "nobody tells it"),
                                    "the fix was first known here")
                            : new DeadlineOf.Clock(
                                    seen.getOrDefault(patch, Instant.MAX),
                                    DeadlineOf.Clock.FIRST_SEEN));
        }
    }

    /// One for each vulnerability that has a date; their numbers of hosts are left out.
    private static Stream<Next> rows(OpenFix<Kind> open, Known known) {
        PatchId patch = patch(open).orElse(null);
        DeadlineOf.Clock available = known.available(open, patch);
        if (open.cves().isEmpty()) {
            return DeadlineOf.UNNAMED
                    .due(available.start())
                    .map(
                            due ->
                                    row(
                                            open,
                                            patch,
                                            "",
                                            DeadlineOf.UNNAMED,
                                            due,
                                            available,
                                            List.of(),
                                            ""))
                    .stream();
        }
        Kind kind = open.kind();
        return open.cves().stream()
                .flatMap(
                        cve -> {
                            DeadlineOf deadline =
                                    DeadlineOf.cve(
                                            kind.terms(),
                                            known.facts().getOrDefault(cve, CveFacts.unknown(cve)),
                                            kind.exposure(),
                                            kind.criticality(),
                                            patch,
                                            available);
                            Instant due = deadline.due();
                            return due == null
                                    ? Stream.of()
                                    : Stream.of(
                                            row(
                                                    open,
                                                    patch,
                                                    cve,
                                                    deadline.decision().deadlineClass(),
                                                    due,
                                                    deadline.clock(),
                                                    deadline.decision().assumed(),
                                                    deadline.exception()
                                                            .map(FindingException::sentence)
                                                            .orElse("")));
                        });
    }

    private static Next row(
            OpenFix<Kind> open,
            @Nullable PatchId patch,
            String cve,
            DeadlineClass deadlineClass,
            Instant due,
            DeadlineOf.Clock clock,
            List<String> assumed,
            String excepted) {
        String advisory = open.advisory();
        return new Next(
                cve,
                advisory == null ? "changelog" : advisory,
                open.release(),
                open.packageName(),
                open.fixed(),
                patch == null ? null : patch.toString(),
                Stratum.internet(open.kind().exposure()),
                0,
                open.kind().terms().rule().standard(),
                deadlineClass,
                due,
                clock.start(),
                clock.reason(),
                assumed,
                excepted);
    }
}
