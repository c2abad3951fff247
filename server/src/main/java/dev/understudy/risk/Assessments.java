package dev.understudy.risk;

import dev.understudy.advisory.FactChanges;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.Releases;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.AlikeHosts;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleet.Inventories;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.KeptAssessments.Matched;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.Orders;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What each host needs. Hosts that ranking cannot tell apart are assessed once, and again only
/// when their inventories, what their owner says of them, or what advisories say of their packages
/// and vulnerabilities has changed: the cost is in what is distinct and touched, not in hosts.
final class Assessments {
    private final Database database;
    private final Inventories inventories;
    private final Feeds feeds;
    private final FollowDatabase index;
    private final VulnerabilityFacts vulnerabilities;
    private final FirstSeen firstSeen;
    private final RankPatches rank;
    private final DeadlineRules rules;
    private final FindingExceptions exceptions;
    private final DeadlineClocks clocks;
    private final InstantSource clock;
    private final FactChanges changes;
    private final KeptAssessments kept = new KeptAssessments();
    private final MatchedHost.Shared shared = new MatchedHost.Shared();
    private final SharedValues<HostPatch> sharedPatches = new SharedValues<>();
    private final AtomicLong matches = new AtomicLong();
    private final AtomicLong rankings = new AtomicLong();

    Assessments(
            Database database,
            Inventories inventories,
            Feeds feeds,
            FollowDatabase index,
            VulnerabilityFacts vulnerabilities,
            FirstSeen firstSeen,
            RankPatches rank,
            DeadlineRules rules,
            FindingExceptions exceptions,
            DeadlineClocks clocks,
            InstantSource clock) {
        this.database = database;
        this.inventories = inventories;
        this.feeds = feeds;
        this.index = index;
        this.vulnerabilities = vulnerabilities;
        this.firstSeen = firstSeen;
        this.rank = rank;
        this.rules = rules;
        this.exceptions = exceptions;
        this.clocks = clocks;
        this.clock = clock;
        this.changes = new FactChanges(database);
    }

    /// Empty for a host that is not known, that is retired, or that sent no inventory yet.
    Optional<Assessment> of(HostId host) {
        return of(host, null);
    }

    /// The same; empty also where the host is not in the group, unless that is null.
    Optional<Assessment> of(HostId host, @Nullable String group) {
        return alone(host, group, terms(), generation());
    }

    /// Those of every host of the group, or of the fleet where it is null, alike ones together. An
    /// exception of a single host sets it apart.
    List<Assessment> all(@Nullable String group) {
        long generation = generation();
        DeadlineTerms.OfFleet terms = terms();
        Set<HostId> apart = terms.exceptedHosts();
        return Stream.concat(
                        AlikeHosts.find(database, group, apart).stream()
                                .flatMap(
                                        alike ->
                                                assess(alike, terms.of(alike.group()), generation)
                                                        .stream()),
                        apart.stream()
                                .sorted()
                                .flatMap(host -> alone(host, group, terms, generation).stream()))
                .toList();
    }

    /// Those of each host by itself; alike ones are assessed once.
    ///
    /// @param hosts null for all of the group
    List<Assessment> each(@Nullable String group, @Nullable Set<HostId> hosts) {
        Assessor assessor = assessor();
        return AlikeHosts.each(database, group, hosts).stream()
                .flatMap(each -> assessor.assess().apply(each).stream())
                .toList();
    }

    /// Assesses hosts that were found elsewhere, all as of one moment.
    record Assessor(Set<HostId> apart, Function<AlikeHosts, Optional<Assessment>> assess) {}

    /// Its `apart` are the hosts that an exception of their own sets apart; they have to be by
    /// themselves.
    Assessor assessor() {
        long generation = generation();
        DeadlineTerms.OfFleet terms = terms();
        Set<HostId> apart = terms.exceptedHosts();
        return new Assessor(
                apart,
                alike ->
                        assess(
                                alike,
                                apart.contains(alike.one())
                                        ? terms.of(alike.one(), alike.group())
                                        : terms.of(alike.group()),
                                generation));
    }

    private Optional<Assessment> alone(
            HostId host, @Nullable String group, DeadlineTerms.OfFleet terms, long generation) {
        return AlikeHosts.find(database, host)
                .filter(each -> group == null || each.group().equals(group))
                .flatMap(each -> assess(each, terms.of(host, each.group()), generation));
    }

    private DeadlineTerms.OfFleet terms() {
        return new DeadlineTerms.OfFleet(rules.decided(), exceptions.holding());
    }

    /// What the advisories were; the index has them then, and what no longer holds is dropped.
    /// Nobody waits for another's read: who does may hold the very connection that the read needs.
    private long generation() {
        long known = kept.generation();
        if (feeds.generation() != known) {
            FactChanges.Since since = changes.since(known);
            index.catchUp();
            kept.follow(since);
        }
        return kept.generation();
    }

    private Optional<Assessment> assess(AlikeHosts alike, DeadlineTerms terms, long generation) {
        KeptAssessments.Kind kind =
                new KeptAssessments.Kind(
                        alike.inventory(), alike.exposure(), alike.criticality(), terms);
        Optional<KeptAssessments.Known> known = kept.find(kind);
        if (known.isPresent()) {
            MatchedHost lacks = known.get().lacks();
            List<HostPatch> ranked = known.get().ranked();
            if (ranked == null) {
                ranked = rank(kind, lacks, generation);
                kept.order(generation, kind, lacks, ranked);
            }
            return Optional.of(assessment(alike, lacks, ranked));
        }
        return inventories.latest(alike.one()).map(latest -> anew(alike, kind, latest, generation));
    }

    private Assessment anew(
            AlikeHosts alike, KeptAssessments.Kind kind, Inventory latest, long generation) {
        Matched matched = match(latest, alike.exposure());
        List<HostPatch> ranked = rank(kind, matched.lacks(), generation);
        // The host may have sent another inventory since it was asked what it is like.
        if (AlikeHosts.find(database, alike.one()).stream()
                .anyMatch(now -> now.inventory().equals(kind.inventory()))) {
            kept.keep(generation, kind, matched, ranked);
        }
        return assessment(alike, matched.lacks(), ranked);
    }

    AssessmentWork work() {
        return new AssessmentWork(matches.get(), rankings.get());
    }

    private static Assessment assessment(
            AlikeHosts alike, MatchedHost lacks, List<HostPatch> ranked) {
        return new Assessment(
                alike.one(),
                alike.hosts(),
                lacks.release(),
                ranked,
                lacks.unfixed(),
                lacks.facts());
    }

    /// Where the order of versions is not known, hosts go by what their own package manager says is
    /// pending.
    private Matched match(Inventory inventory, Exposure exposure) {
        matches.incrementAndGet();
        String release =
                Releases.ofHost(
                        inventory.platform().distribution(),
                        inventory.platform().version(),
                        inventory.platform().codename());
        Optional<VersionOrder> order = Orders.of(inventory.capabilities().packageManager());
        MatchShape match = new MatchShape(order.orElse(VersionOrder.DPKG));
        Set<String> packages = new HashSet<>();
        List<Finding> findings =
                order.isEmpty()
                        ? List.of()
                        : match.findings(
                                inventory.packages(),
                                release,
                                (of, names) -> {
                                    names.forEach(name -> packages.add(of + "/" + name));
                                    return index.inForce(of, names);
                                });
        MatchedHost lacks = MatchedHost.of(release, exposure, inventory, findings, match);
        return new Matched(shared.of(lacks), packages);
    }

    private List<HostPatch> rank(KeptAssessments.Kind kind, MatchedHost lacks, long generation) {
        rankings.incrementAndGet();
        Map<MatchedHost.Need, HostPatch> ranked = kept.ranks(generation, kind, lacks.needs());
        if (ranked.size() < lacks.needs().size()) {
            ranked.putAll(
                    anew(
                            kind,
                            lacks.needs().stream()
                                    .filter(each -> !ranked.containsKey(each))
                                    .toList(),
                            lacks,
                            generation));
        }
        return ranked.values().stream().sorted(RankPatches.ORDER).toList();
    }

    private Map<MatchedHost.Need, HostPatch> anew(
            KeptAssessments.Kind kind,
            List<MatchedHost.Need> needs,
            MatchedHost lacks,
            long generation) {
        Set<String> cves = MatchedHost.cves(needs);
        AssessedHost assessed =
                new AssessedHost(
                        lacks,
                        kind.exposure(),
                        kind.criticality(),
                        kept.facts(generation, cves, vulnerabilities.of(kept.unknown(cves))),
                        firstSeen.of(MatchedHost.patches(needs), clock.instant()),
                        kind.terms());
        Map<MatchedHost.Need, HostPatch> ranked = new IdentityHashMap<>();
        needs.forEach(need -> ranked.put(need, sharedPatches.of(rank.patch(assessed, need))));
        clocks.record(List.copyOf(ranked.values()), clock.instant());
        kept.keepRanks(generation, kind, ranked);
        return ranked;
    }
}
