package dev.understudy.rollout;

import dev.understudy.fleet.HaGroups;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.HostSequence;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Platform;
import dev.understudy.rollout.gate.Fingerprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks up what the order of hosts depends on, and has certificates worked out from it.
final class Certification {
    /// Of a day.
    private static final int HOURS = 24;

    private final Hosts hosts;
    private final Inventories inventories;
    private final HaGroups haGroups;
    private final HostSequence sequence;
    private final Urgency urgency;

    Certification(
            Hosts hosts,
            Inventories inventories,
            HaGroups haGroups,
            HostSequence sequence,
            Urgency urgency) {
        this.hosts = hosts;
        this.inventories = inventories;
        this.haGroups = haGroups;
        this.sequence = sequence;
        this.urgency = urgency;
    }

    /// What a rollout to these hosts could promise, as far as is known before they rehearse.
    Certificate outlook(Terms terms, List<Deployment> planned, long seed) {
        Fingerprint unknown = Fingerprint.of(List.of());
        List<Deployment> left = planned.stream().filter(Deployment::untouched).toList();
        Relations relations = relations(left);
        List<Candidate> candidates =
                left.stream().map(d -> candidate(d, unknown, relations)).toList();
        return candidates.isEmpty()
                ? Certificate.none("No certificate: no host takes part.")
                : Certify.of(terms, candidates, seed).certificate();
    }

    List<Candidate> candidates(List<Deployment> deployments) {
        Map<Runs, Fingerprint> known = new HashMap<>();
        Map<String, List<String>> shapes = new HashMap<>();
        Relations relations = relations(deployments);
        return deployments.stream()
                .map(
                        d ->
                                candidate(
                                        d,
                                        known.computeIfAbsent(
                                                Runs.of(d), runs -> print(d, runs, shapes)),
                                        relations))
                .toList();
    }

    /// Who the hosts are, what they have to do with each other, and what waiting costs on them.
    private record Relations(
            Map<HostId, Host> hosts,
            Map<HostId, String> haGroups,
            Set<HostId> afterOthers,
            Map<HostId, Double> lossPerDay) {}

    private Relations relations(List<Deployment> among) {
        Set<HostId> all = among.stream().map(Deployment::host).collect(Collectors.toSet());
        Set<HostId> after = new HashSet<>();
        sequence.before()
                .forEach(
                        (host, others) -> {
                            if (others.stream().anyMatch(all::contains)) {
                                after.add(host);
                            }
                        });
        Map<HostId, Double> losses = new HashMap<>();
        urgency.needs(among).forEach((host, need) -> losses.put(host, HOURS * need.weight()));
        return new Relations(hosts.each(all), haGroups.ofHosts(), after, losses);
    }

    /// The hosts that come before each.
    Map<HostId, Set<HostId>> before() {
        return sequence.before();
    }

    /// What makes two hosts run the same: their packages and the services that are active.
    private record Runs(String shape, List<String> units) {
        static Runs of(Deployment d) {
            return new Runs(
                    d.getPlan().shape(), d.getPlan().activeUnits().stream().sorted().toList());
        }
    }

    private Fingerprint print(Deployment d, Runs runs, Map<String, List<String>> shapes) {
        List<String> features =
                new ArrayList<>(shapes.computeIfAbsent(runs.shape(), _ -> packages(d.host())));
        features.add("shape " + runs.shape());
        runs.units().forEach(unit -> features.add("unit " + unit));
        return Fingerprint.of(features);
    }

    private List<String> packages(HostId host) {
        List<String> features = new ArrayList<>();
        inventories
                .latest(host)
                .ifPresent(
                        inventory -> {
                            features.add(
                                    "release "
                                            + inventory.platform().distribution()
                                            + " "
                                            + inventory.platform().version());
                            features.add("kernel " + inventory.kernel().running());
                            inventory.packages().forEach(p -> features.add(feature(p)));
                        });
        return features;
    }

    private static String feature(InstalledPackage p) {
        return p.name() + " " + p.architecture() + " " + p.version();
    }

    private static Candidate candidate(Deployment d, Fingerprint print, Relations relations) {
        Host host = Objects.requireNonNull(relations.hosts().get(d.host()));
        int weight =
                switch (host.criticality()) {
                    case LOW -> 0;
                    case MEDIUM -> 1;
                    case HIGH -> Candidate.HIGH;
                    case VERY_HIGH -> Candidate.VERY_HIGH;
                };
        String release =
                Optional.ofNullable(host.platform()).map(Certification::release).orElse("unknown");
        return new Candidate(
                host.id(),
                weight,
                release,
                print,
                relations.haGroups().get(host.id()),
                relations.afterOthers().contains(host.id()),
                FirstRehearsals.passed(d),
                relations.lossPerDay().getOrDefault(d.host(), 0.0));
    }

    private static String release(Platform platform) {
        return platform.codename().isBlank()
                ? platform.distribution() + " " + platform.version()
                : platform.codename();
    }
}
