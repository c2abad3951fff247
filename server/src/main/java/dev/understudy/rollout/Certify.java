package dev.understudy.rollout;

import dev.understudy.governance.Proof;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Bound;
import dev.understudy.rollout.gate.CanaryCoverage;
import dev.understudy.rollout.gate.Certifiability;
import dev.understudy.rollout.gate.Certifiability.Certifiable;
import dev.understudy.rollout.gate.Certifiability.NotCertifiable;
import dev.understudy.rollout.gate.Costs;
import dev.understudy.rollout.gate.PlanWaves;
import dev.understudy.rollout.gate.WavePlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/// Works out what a rollout can promise about these hosts, and the order in which they prove it.
/// Hosts of one release are a stratum. Strata that are too small by themselves are judged together;
/// if that is still too few, all hosts are.
final class Certify {
    private final Terms terms;
    private final Bound bound;
    private final int all;
    private final long seed;

    private Certify(Terms terms, int all, long seed) {
        this.terms = terms;
        this.bound = bound(terms.proof());
        this.all = all;
        this.seed = seed;
    }

    /// The certificate with every host's place; no places without a promise.
    record Certified(Certificate certificate, List<Draw> draws) {
        Certified {
            draws = List.copyOf(draws);
        }
    }

    /// A stratum's hosts with what they can prove.
    private record Part(String name, List<Candidate> hosts, int spareFrom, Certifiability can) {}

    static Certified of(Terms terms, List<Candidate> candidates, long seed) {
        Certified certified = plain(terms, candidates, seed);
        Emergency emergency = terms.emergency();
        return emergency == null
                ? certified
                : new Certified(
                        certified.certificate().adding(emergency.sentence()), certified.draws());
    }

    private static Certified plain(Terms terms, List<Candidate> candidates, long seed) {
        if (terms.proof().gate() == Proof.Gate.STRICT) {
            return new Certified(
                    Certificate.none(
                            "No certificate: the policy asks that every host passes. Any failure halts the rollout."),
                    List.of());
        }
        return new Certify(terms, candidates.size(), seed).certify(candidates);
    }

    static Bound bound(Proof proof) {
        return new Bound(
                proof.harmlessPercent() / 100,
                proof.harmfulPercent() / 100,
                proof.missPercent() / 100,
                proof.falseHaltPercent() / 100,
                proof.limitPercent() / 100,
                proof.shownPercent() / 100);
    }

    private Certified certify(List<Candidate> candidates) {
        Map<String, List<Candidate>> releases =
                candidates.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Candidate::release, TreeMap::new, Collectors.toList()));
        List<Part> parts = new ArrayList<>();
        List<Candidate> small = new ArrayList<>();
        List<String> names = new ArrayList<>();
        releases.forEach(
                (name, hosts) -> {
                    Part part = part(name, hosts);
                    if (part.can() instanceof Certifiable) {
                        parts.add(part);
                    } else {
                        small.addAll(hosts);
                        names.add(name);
                    }
                });
        if (!small.isEmpty()) {
            Part pooled = part(String.join(" and ", names), small);
            if (pooled.can() instanceof NotCertifiable && !parts.isEmpty()) {
                parts.clear();
                pooled = part(String.join(" and ", releases.keySet()), candidates);
            }
            parts.add(pooled);
        }
        return parts.stream().allMatch(part -> part.can() instanceof Certifiable)
                ? certified(parts)
                : new Certified(Certificate.none(refusal(parts)), List.of());
    }

    private Part part(String name, List<Candidate> hosts) {
        int spareFrom = spareFrom(hosts);
        int spared = (int) hosts.stream().filter(h -> spared(h, spareFrom)).count();
        int canaries = Math.max(1, Math.round((float) terms.canaries() * hosts.size() / all));
        double waiting = hosts.stream().mapToDouble(Candidate::lossPerDay).sum();
        Costs costs = Costs.of(terms.soak(), waiting);
        return new Part(
                name, hosts, spareFrom, PlanWaves.of(bound, costs, hosts.size(), canaries, spared));
    }

    /// Whether a host goes last: one of high criticality, or one that comes after others.
    private static boolean spared(Candidate host, int spareFrom) {
        return host.criticality() >= spareFrom || host.afterOthers();
    }

    /// From which criticality on hosts are spared: as long as half of them are left to sample.
    private static int spareFrom(List<Candidate> hosts) {
        for (int level : new int[] {Candidate.HIGH, Candidate.VERY_HIGH}) {
            long spared = hosts.stream().filter(h -> h.criticality() >= level).count();
            if (2 * spared <= hosts.size()) {
                return level;
            }
        }
        return Integer.MAX_VALUE;
    }

    private String refusal(List<Part> parts) {
        String why =
                parts.stream()
                        .map(Part::can)
                        .filter(NotCertifiable.class::isInstance)
                        .map(can -> ((NotCertifiable) can).sentence())
                        .findFirst()
                        .orElse("Not certifiable.");
        return why
                + (terms.proof().gate() == Proof.Gate.CERTIFIED_ONLY
                        ? " A person has to approve it; then every host must pass, and any failure halts it."
                        : " So every host must pass, and any failure halts it.");
    }

    private Certified certified(List<Part> parts) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<Certificate.Stratum> strata = new ArrayList<>();
        List<Draw> draws = new ArrayList<>();
        Set<String> haGroups = new HashSet<>();
        for (Part part : parts) {
            if (part.can() instanceof Certifiable(WavePlan plan)) {
                order(part, plan, strata.size(), random, haGroups, draws);
                strata.add(new Certificate.Stratum(part.name(), plan));
            }
        }
        return new Certified(new Certificate(true, promise(parts, strata), seed, strata), draws);
    }

    /// @param haGroups those that gave a canary already, in whatever stratum
    private static void order(
            Part part,
            WavePlan plan,
            int stratum,
            RandomGenerator random,
            Set<String> haGroups,
            List<Draw> draws) {
        List<Candidate> tried =
                part.hosts().stream()
                        .filter(host -> !spared(host, part.spareFrom()))
                        .sorted(Comparator.comparing(Candidate::host))
                        .toList();
        List<HostId> canaries =
                CanaryCoverage.choose(
                        tried.stream().map(Candidate::canary).toList(), plan.canaries(), haGroups);
        Set<HostId> chosen = new HashSet<>(canaries);
        List<HostId> sample = new ArrayList<>();
        tried.stream()
                .map(Candidate::host)
                .filter(host -> !chosen.contains(host))
                .forEach(sample::add);
        Collections.shuffle(sample, random);
        List<HostId> spared =
                part.hosts().stream()
                        .filter(host -> spared(host, part.spareFrom()))
                        .sorted(
                                Comparator.comparingInt(Candidate::criticality)
                                        .thenComparing(Candidate::host))
                        .map(Candidate::host)
                        .toList();
        canaries.forEach(host -> add(draws, host, stratum, Draw.Role.CANARY));
        sample.forEach(host -> add(draws, host, stratum, Draw.Role.SAMPLE));
        spared.forEach(host -> add(draws, host, stratum, Draw.Role.SPARED));
    }

    private static void add(List<Draw> draws, HostId host, int stratum, Draw.Role role) {
        draws.add(new Draw(host, stratum, role, draws.size()));
    }

    private String promise(List<Part> parts, List<Certificate.Stratum> strata) {
        StringBuilder promise = new StringBuilder(bound.sentence());
        if (strata.size() > 1) {
            promise.append(" This holds for each of ")
                    .append(String.join(", ", strata.stream().map(s -> s.name()).toList()))
                    .append('.');
        }
        long spared =
                parts.stream()
                        .mapToLong(
                                part ->
                                        part.hosts().stream()
                                                .filter(h -> spared(h, part.spareFrom()))
                                                .count())
                        .sum();
        if (spared > 0) {
            promise.append(
                    " %d hosts of high criticality, or that come after others, go last; for them it holds as far as they fail no more often than the rest."
                            .formatted(spared));
        }
        double asked =
                strata.stream().mapToDouble(s -> s.plan().harmless().asked()).max().orElse(0);
        if (Math.round(100 * asked) > 0) {
            promise.append(
                    " A patch that breaks %s of hosts ends with a question to a person %d times in 100."
                            .formatted(Bound.percent(bound.harmless()), Math.round(100 * asked)));
        }
        return promise.toString();
    }
}
