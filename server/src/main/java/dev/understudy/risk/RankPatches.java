package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.Ternary;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Ranks the patches of a host: by deadline class, then by priority. Pure: what it says follows
/// from its input alone.
final class RankPatches {
    /// Most urgent first.
    static final Comparator<HostPatch> ORDER =
            Comparator.comparing(HostPatch::deadlineClass)
                    .thenComparing(Comparator.comparingDouble(HostPatch::priority).reversed())
                    .thenComparing(HostPatch::id);

    private static final Comparator<CveVerdict> MOST_URGENT =
            Comparator.comparing(CveVerdict::deadlineClass)
                    .thenComparing(v -> v.due() == null ? Instant.MAX : v.due())
                    .thenComparing(Comparator.comparingDouble(CveVerdict::probability).reversed())
                    .thenComparing(CveVerdict::cve);

    private final HazardSettings settings;

    RankPatches(HazardSettings settings) {
        this.settings = settings;
    }

    List<HostPatch> rank(AssessedHost host) {
        return host.lacks().needs().stream().map(need -> patch(host, need)).sorted(ORDER).toList();
    }

    /// The patch that a need of the host is for. Nothing of its other needs counts.
    HostPatch patch(AssessedHost host, MatchedHost.Need need) {
        GroupPending.Pending pending = need.pending();
        Instant firstSeen = host.firstSeen().get(pending.id());
        if (firstSeen == null) {
            throw new IllegalArgumentException(
                    "nobody says when %s was first seen".formatted(pending.id()));
        }
        List<CveVerdict> verdicts =
                pending.fixed().stream()
                        .map(fixed -> verdict(host, pending.id(), fixed, firstSeen))
                        .sorted(MOST_URGENT)
                        .toList();
        Hazard hazard = hazard(host, need, verdicts);
        DeadlineClass deadlineClass = deadlineClass(pending, verdicts);
        Deadline deadline = deadline(deadlineClass, verdicts, firstSeen);
        return new HostPatch(
                pending.id(),
                need.changes(),
                pending.fixed().stream().map(GroupPending.Fixed::cve).toList(),
                verdicts,
                exploited(pending, verdicts),
                deadlineClass,
                deadline,
                hazard.priority(),
                hazard,
                Explain.sentence(host, pending, verdicts, deadlineClass, deadline, need.reach()),
                pending.security(),
                excepted(host, pending.id(), verdicts),
                blocked(pending.upgrades()),
                pending.upgrades().stream().mapToLong(PendingUpgrade::downloadBytes).sum());
    }

    private CveVerdict verdict(
            AssessedHost host, PatchId patch, GroupPending.Fixed fixed, Instant firstSeen) {
        CveFacts facts = host.factsOf(fixed.cve());
        DeadlineOf deadline =
                DeadlineOf.cve(
                        host.terms(),
                        facts,
                        host.exposure(),
                        host.criticality(),
                        patch,
                        DeadlineOf.Clock.available(
                                fixed.published(),
                                new DeadlineOf.Clock(firstSeen, DeadlineOf.Clock.FIRST_SEEN)));
        DecideDeadline.Decision decision = deadline.decision();
        return new CveVerdict(
                fixed.cve(),
                fixed.sources(),
                facts.exploited(),
                facts.automatable(),
                facts.totalImpact(),
                probability(facts),
                probabilitySource(facts),
                decision.deadlineClass(),
                decision.triage(),
                deadline.clock().start(),
                deadline.clock().reason(),
                decision.days(),
                deadline.due(),
                Stream.concat(decision.assumed().stream(), fixed.assumed().stream()).toList(),
                deadline.exception().map(FindingException::sentence).orElse(""));
    }

    /// An exception of the patch itself, or of each CVE that it fixes.
    private static String excepted(AssessedHost host, PatchId patch, List<CveVerdict> verdicts) {
        return host.terms()
                .exception(patch)
                .map(FindingException::sentence)
                .orElseGet(
                        () ->
                                verdicts.stream().noneMatch(each -> each.excepted().isEmpty())
                                        ? verdicts.stream()
                                                .map(CveVerdict::excepted)
                                                .findFirst()
                                                .orElse("")
                                        : "");
    }

    private double probability(CveFacts facts) {
        double scored = facts.epss() == null ? settings.unscored() : facts.epss().probability();
        return facts.exploited() == Ternary.YES
                ? settings.exploited()
                : Math.min(scored, settings.exploited());
    }

    private String probabilitySource(CveFacts facts) {
        if (facts.exploited() == Ternary.YES) {
            return "known exploited";
        }
        CveFacts.Score score = facts.epss();
        if (score == null) {
            return "unknown: no EPSS score, so %s stands in".formatted(settings.unscored());
        }
        return score.model().isEmpty() ? "EPSS" : "EPSS " + score.model();
    }

    private Hazard hazard(AssessedHost host, MatchedHost.Need need, List<CveVerdict> verdicts) {
        List<Double> probabilities =
                verdicts.isEmpty() && need.pending().security()
                        ? List.of(settings.unscored())
                        : verdicts.stream().map(CveVerdict::probability).toList();
        return Hazard.of(
                probabilities,
                settings.kappa(),
                need.reach(),
                settings.control(),
                settings.loss(host.criticality()),
                Effort.of(need.changes(), need.reach()).weight());
    }

    /// A security update that names no CVE fixes something all the same: CISA's default stands in.
    private static DeadlineClass deadlineClass(
            GroupPending.Pending pending, List<CveVerdict> verdicts) {
        return verdicts.stream()
                .map(CveVerdict::deadlineClass)
                .min(Comparator.naturalOrder())
                .orElse(pending.security() ? DeadlineOf.UNNAMED : DeadlineClass.NONE);
    }

    private static @Nullable Deadline deadline(
            DeadlineClass deadlineClass, List<CveVerdict> verdicts, Instant firstSeen) {
        Optional<CveVerdict> earliest =
                verdicts.stream()
                        .filter(verdict -> verdict.due() != null)
                        .min(Comparator.comparing(RankPatches::due));
        if (earliest.isPresent()) {
            CveVerdict first = earliest.get();
            return new Deadline(due(first), first.cve(), first.clockStart(), first.clockReason());
        }
        return verdicts.isEmpty()
                ? deadlineClass
                        .due(firstSeen)
                        .map(due -> new Deadline(due, "", firstSeen, DeadlineOf.Clock.FIRST_SEEN))
                        .orElse(null)
                : null;
    }

    private static Instant due(CveVerdict verdict) {
        return verdict.due() == null ? Instant.MAX : verdict.due();
    }

    private static Ternary exploited(GroupPending.Pending pending, List<CveVerdict> verdicts) {
        if (!pending.security()) {
            return Ternary.NO;
        }
        return together(
                verdicts.isEmpty()
                        ? List.of(Ternary.UNKNOWN)
                        : verdicts.stream().map(CveVerdict::exploited).toList());
    }

    /// Yes if any is, no if none is.
    static Ternary together(List<Ternary> each) {
        if (each.contains(Ternary.YES)) {
            return Ternary.YES;
        }
        return each.contains(Ternary.UNKNOWN) ? Ternary.UNKNOWN : Ternary.NO;
    }

    private static List<HostPatch.BlockedChange> blocked(List<PendingUpgrade> upgrades) {
        return upgrades.stream()
                .filter(each -> each.blocked() != Blocked.NONE)
                .map(each -> new HostPatch.BlockedChange(each.name(), each.blocked()))
                .toList();
    }
}
