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
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What each host needs. Hosts that ranking cannot tell apart are assessed once, and again only
/// when their inventories, what their owner says of them, or what advisories say of their packages
/// and vulnerabilities has changed: the cost is in what is distinct and touched, not in hosts.
final class Assessments {
    /// How many inventories are read together.
    private static final int AT_ONCE = 200;

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
        List<AlikeHosts> found = AlikeHosts.find(database, group, apart);
        prepare(found, each -> terms.of(each.group()), generation);
        return Stream.concat(
                        found.stream()
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
        List<AlikeHosts> found = AlikeHosts.each(database, group, hosts);
        assessor.prepare().accept(found);
        return found.stream().flatMap(each -> assessor.assess().apply(each).stream()).toList();
    }

    /// Assesses hosts that were found elsewhere, all as of one moment.
    ///
    /// @param prepare works out together what is not known of them yet, before each is asked for
    record Assessor(
            Set<HostId> apart,
            Consumer<List<AlikeHosts>> prepare,
            Function<AlikeHosts, Optional<Assessment>> assess) {}

    /// Its `apart` are the hosts that an exception of their own sets apart; they have to be by
    /// themselves.
    Assessor assessor() {
        long generation = generation();
        DeadlineTerms.OfFleet terms = terms();
        Set<HostId> apart = terms.exceptedHosts();
        Function<AlikeHosts, DeadlineTerms> termsOf =
                alike ->
                        apart.contains(alike.one())
                                ? terms.of(alike.one(), alike.group())
                                : terms.of(alike.group());
        return new Assessor(
                apart,
                some -> prepare(some, termsOf, generation),
                alike -> assess(alike, termsOf.apply(alike), generation));
    }

    /// Works out what is not kept of these, reading the inventories of many at a time.
    private void prepare(
            List<AlikeHosts> all, Function<AlikeHosts, DeadlineTerms> terms, long generation) {
        Map<KeptAssessments.Kind, AlikeHosts> missing = new LinkedHashMap<>();
        for (AlikeHosts each : all) {
            KeptAssessments.Kind kind = kind(each, terms.apply(each));
            if (kept.find(kind).isEmpty()) {
                missing.putIfAbsent(kind, each);
            }
        }
        List<Map.Entry<KeptAssessments.Kind, AlikeHosts>> kinds = List.copyOf(missing.entrySet());
        for (int from = 0; from < kinds.size() && kinds.size() > 1; from += AT_ONCE) {
            prepare(kinds.subList(from, Math.min(kinds.size(), from + AT_ONCE)), generation);
        }
    }

    private void prepare(List<Map.Entry<KeptAssessments.Kind, AlikeHosts>> some, long generation) {
        Set<HostId> hosts =
                some.stream().map(each -> each.getValue().one()).collect(Collectors.toSet());
        Map<HostId, Inventory> latest = inventories.latest(hosts);
        // A host may have sent another inventory since it was asked what it is like.
        Map<HostId, String> now = new HashMap<>();
        AlikeHosts.each(database, null, hosts)
                .forEach(each -> now.put(each.one(), each.inventory()));
        some.forEach(
                each -> {
                    Inventory inventory = latest.get(each.getValue().one());
                    KeptAssessments.Kind kind = each.getKey();
                    if (inventory != null
                            && kind.inventory().equals(now.get(each.getValue().one()))) {
                        Matched matched = match(inventory, kind.exposure());
                        kept.keep(
                                generation, kind, matched, rank(kind, matched.lacks(), generation));
                    }
                });
    }

    private static KeptAssessments.Kind kind(AlikeHosts alike, DeadlineTerms terms) {
        return new KeptAssessments.Kind(
                alike.inventory(), alike.exposure(), alike.criticality(), terms);
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
        KeptAssessments.Kind kind = kind(alike, terms);
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
        IdentityHashMap<MatchedHost.Need, HostPatch> ranked =
                kept.ranks(generation, kind, lacks.needs());
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

    private IdentityHashMap<MatchedHost.Need, HostPatch> anew(
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
        IdentityHashMap<MatchedHost.Need, HostPatch> ranked = new IdentityHashMap<>();
        needs.forEach(need -> ranked.put(need, sharedPatches.of(rank.patch(assessed, need))));
        clocks.record(List.copyOf(ranked.values()), clock.instant());
        kept.keepRanks(generation, kind, ranked);
        return ranked;
    }
}
