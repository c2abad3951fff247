package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.Releases;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.AlikeHosts;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleet.Inventories;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.Orders;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What each host needs. Hosts that ranking cannot tell apart are assessed once, and again only
/// when their inventories, what their owner says of them, or the advisories have changed: the cost
/// is in what is distinct, not in hosts.
final class Assessments {
    /// Kinds of hosts beyond that would be ranked anew at each look.
    private static final int KEPT = 16_384;

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
    private final Map<Key, Ranked> kept =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Ranked> eldest) {
                    return size() > KEPT;
                }
            };
    private long followed = Long.MIN_VALUE;

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
        long generation = generation();
        DeadlineTerms.OfFleet terms = terms();
        Set<HostId> apart = terms.exceptedHosts();
        return AlikeHosts.each(database, group, hosts).stream()
                .flatMap(
                        each ->
                                assess(
                                        each,
                                        apart.contains(each.one())
                                                ? terms.of(each.one(), each.group())
                                                : terms.of(each.group()),
                                        generation)
                                        .stream())
                .toList();
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

    /// What the advisories were; the index has them then.
    private synchronized long generation() {
        long generation = feeds.generation();
        if (generation != followed) {
            index.catchUp();
            followed = generation;
        }
        return generation;
    }

    private Optional<Assessment> assess(AlikeHosts alike, DeadlineTerms terms, long generation) {
        Key key =
                new Key(
                        alike.inventory(),
                        alike.exposure(),
                        alike.criticality(),
                        terms,
                        generation);
        return ranked(key, alike.one())
                .map(
                        ranked ->
                                new Assessment(
                                        alike.one(),
                                        alike.hosts(),
                                        ranked.patches(),
                                        ranked.unfixed()));
    }

    private Optional<Ranked> ranked(Key key, HostId one) {
        synchronized (kept) {
            Ranked known = kept.get(key);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<Ranked> made = inventories.latest(one).map(latest -> rank(key, latest));
        // The host may have sent another inventory since it was asked what it is like.
        if (AlikeHosts.find(database, one).stream()
                .anyMatch(now -> now.inventory().equals(key.inventory()))) {
            synchronized (kept) {
                made.ifPresent(ranked -> kept.put(key, ranked));
            }
        }
        return made;
    }

    private Ranked rank(Key key, Inventory inventory) {
        String release =
                Releases.ofHost(
                        inventory.platform().distribution(),
                        inventory.platform().version(),
                        inventory.platform().codename());
        List<Finding> findings = findings(inventory, release);
        Set<PatchId> patches =
                inventory.pending().stream()
                        .map(each -> GroupPending.idOf(release, each))
                        .collect(Collectors.toSet());
        AssessedHost assessed =
                new AssessedHost(
                        release,
                        key.exposure(),
                        key.criticality(),
                        inventory,
                        findings,
                        facts(inventory, findings),
                        firstSeen.of(patches, clock.instant()),
                        key.terms());
        List<HostPatch> ranked = rank.rank(assessed);
        clocks.record(ranked, clock.instant());
        return new Ranked(ranked, GroupPending.unfixed(inventory, findings, assessed.match()));
    }

    /// Where the order of versions is not known, hosts go by what their own package manager says is
    /// pending.
    private List<Finding> findings(Inventory inventory, String release) {
        return Orders.of(inventory.capabilities().packageManager())
                .map(
                        order ->
                                new MatchShape(order)
                                        .findings(inventory.packages(), release, index::inForce))
                .orElse(List.of());
    }

    private Map<String, CveFacts> facts(Inventory inventory, List<Finding> findings) {
        return vulnerabilities.of(
                Stream.concat(
                                inventory.pending().stream()
                                        .filter(PendingUpgrade::changelogRead)
                                        .flatMap(each -> each.cves().stream()),
                                findings.stream().flatMap(each -> each.advisory().cves().stream()))
                        .collect(Collectors.toSet()));
    }

    private record Key(
            String inventory,
            Exposure exposure,
            Criticality criticality,
            DeadlineTerms terms,
            long generation) {}

    private record Ranked(List<HostPatch> patches, List<Finding> unfixed) {}
}
