package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.risk.exposure.OpenFixes;
import dev.understudy.risk.exposure.OpenFixes.OpenFix;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// By when which fixes have to be in effect, the earliest first: from what the whole fleet lacks,
/// without looking at single hosts. A patch's own deadline, with what only its changelog tells, is
/// [Patches]'.
public final class NextDeadlines {
    private final OpenFixes fixes;
    private final VulnerabilityFacts vulnerabilities;

    public NextDeadlines(OpenFixes fixes, VulnerabilityFacts vulnerabilities) {
        this.fixes = fixes;
        this.vulnerabilities = vulnerabilities;
    }

    /// @param internet whether these are the hosts that count as exposed to the internet
    /// @param hosts how many of them lack the fix
    public record Next(
            String cve,
            String advisory,
            String release,
            String source,
            String fixed,
            boolean internet,
            int hosts,
            DeadlineClass deadlineClass,
            Instant due,
            Instant clockStart,
            String clockReason,
            List<String> assumed) {
        public Next {
            assumed = List.copyOf(assumed);
        }
    }

    /// @param group null for the whole fleet
    /// @param until only deadlines before this; null for all
    public List<Next> first(@Nullable String group, @Nullable Instant until, int limit) {
        List<OpenFix> open = fixes.all(group);
        Map<String, CveFacts> facts =
                vulnerabilities.of(open.stream().map(OpenFix::cve).collect(Collectors.toSet()));
        return open.stream()
                .flatMap(
                        each ->
                                Stream.of(true, false)
                                        .flatMap(internet -> next(each, internet, facts).stream()))
                .filter(next -> until == null || next.due().isBefore(until))
                .sorted(
                        Comparator.comparing(Next::due)
                                .thenComparing(Next::cve)
                                .thenComparing(Next::release)
                                .thenComparing(Next::source)
                                .thenComparing(Next::internet))
                .limit(limit)
                .toList();
    }

    private static Optional<Next> next(
            OpenFix open, boolean internet, Map<String, CveFacts> facts) {
        int hosts = internet ? open.internet() : open.other();
        if (hosts == 0) {
            return Optional.empty();
        }
        CveFacts known = facts.getOrDefault(open.cve(), CveFacts.unknown(open.cve()));
        Bod2604.Decision decision =
                Bod2604.decide(
                        known.exploited(), internet, known.automatable(), known.totalImpact());
        Instant listed =
                known.listed() == null
                        ? Instant.MIN
                        : known.listed().atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant published = open.published();
        Instant available = published == null ? open.inForce() : published;
        Instant start = listed.isAfter(available) ? listed : available;
        String reason =
                start.equals(listed)
                        ? "CISA listed it as known exploited"
                        : published == null
                                ? "the fix was first known here"
                                : "the advisory was published";
        return decision.deadlineClass()
                .due(start)
                .map(
                        due ->
                                new Next(
                                        open.cve(),
                                        open.advisory(),
                                        open.release(),
                                        open.source(),
                                        open.fixed(),
                                        internet,
                                        hosts,
                                        decision.deadlineClass(),
                                        due,
                                        start,
                                        reason,
                                        decision.assumed()));
    }
}
