package dev.understudy.rollout;

import dev.understudy.fleet.HostNames;
import dev.understudy.platform.Database;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.HostId;
import dev.understudy.rehearsal.RehearsalClass;
import dev.understudy.rehearsal.RehearsalClass.Evidence;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Looks up which rehearsals rollouts rest on.
public final class RehearsalViews {
    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final Makeups makeups;
    private final Rehearsals rehearsals;
    private final HostNames names;
    private final InstantSource clock;

    RehearsalViews(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            Makeups makeups,
            Rehearsals rehearsals,
            InstantSource clock) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.makeups = makeups;
        this.rehearsals = rehearsals;
        this.names = new HostNames(database);
        this.clock = clock;
    }

    /// @throws dev.understudy.platform.Problem if there is no such rollout
    public RehearsalsView get(RolloutId id) {
        Rollout rollout = rollouts.get(id);
        List<Deployment> planned =
                deployments.of(id).stream().filter(d -> d.plan() != null).toList();
        Instant until = rollout.open() ? clock.instant() : rollout.since();
        Classes classes =
                Classes.of(
                        makeups.of(id),
                        planned,
                        rehearsals,
                        rollout.startedAt().minus(RequestRehearsal.FRESH),
                        until);
        Map<HostId, Integer> asked = asked(id);
        Map<RehearsalClass, List<Deployment>> members =
                planned.stream()
                        .collect(
                                Collectors.groupingBy(
                                        classes::of, LinkedHashMap::new, Collectors.toList()));
        Map<RehearsalClass, Evidence> shown = new HashMap<>();
        members.forEach(
                (each, ofClass) ->
                        evidence(classes, each, ofClass)
                                .ifPresent(evidence -> shown.put(each, evidence)));
        Map<HostId, HostNames.Named> called =
                names.of(
                        Stream.concat(
                                        planned.stream().map(Deployment::host),
                                        shown.values().stream().map(Evidence::host))
                                .collect(Collectors.toSet()));
        List<RehearsalsView.ClassRow> rows = new ArrayList<>();
        List<RehearsalsView.Host> items = new ArrayList<>();
        members.forEach(
                (each, ofClass) -> {
                    @Nullable Evidence evidence = shown.get(each);
                    rows.add(row(each, ofClass, planned.size(), asked, evidence, called));
                    ofClass.forEach(d -> items.add(item(each, d, asked, evidence, called)));
                });
        rows.sort(
                Comparator.comparingInt(RehearsalsView.ClassRow::hosts)
                        .reversed()
                        .thenComparing(RehearsalsView.ClassRow::name));
        items.sort(Comparator.comparing(RehearsalsView.Host::name));
        int rehearsed = (int) items.stream().filter(RehearsalsView.Host::own).count();
        int spared =
                (int)
                        items.stream()
                                .filter(item -> !item.own() && !item.provenance().isEmpty())
                                .count();
        return new RehearsalsView(
                planned.size(),
                rehearsed,
                spared,
                asked.values().stream().mapToInt(times -> times).sum(),
                sentence(rows, planned.size(), rehearsed, spared),
                rows,
                items);
    }

    /// The newest rehearsal of the class that came to a verdict; a host of which no makeup is known
    /// has only its own.
    private Optional<Evidence> evidence(
            Classes classes, RehearsalClass each, List<Deployment> ofClass) {
        Deployment first = ofClass.getFirst();
        if (classes.known(first)) {
            return Optional.ofNullable(classes.evidence().get(each));
        }
        return rehearsals.of(first.host(), 20).stream()
                .filter(rehearsal -> rehearsal.plan().digest().equals(each.planDigest()))
                .flatMap(rehearsal -> rehearsals.evidence(rehearsal.id()).stream())
                .findFirst();
    }

    private static RehearsalsView.ClassRow row(
            RehearsalClass each,
            List<Deployment> ofClass,
            int all,
            Map<HostId, Integer> asked,
            @Nullable Evidence evidence,
            Map<HostId, HostNames.Named> called) {
        return new RehearsalsView.ClassRow(
                name(each),
                ofClass.size(),
                100.0 * ofClass.size() / all,
                (int) ofClass.stream().filter(d -> asked.containsKey(d.host())).count(),
                evidence == null
                        ? RehearsalsView.Verdict.NONE
                        : evidence.passed()
                                ? RehearsalsView.Verdict.PASSED
                                : RehearsalsView.Verdict.FAILED,
                evidence == null ? null : evidence.rehearsal(),
                evidence == null ? null : name(called, evidence.host()),
                evidence == null ? null : evidence.at());
    }

    private static RehearsalsView.Host item(
            RehearsalClass each,
            Deployment d,
            Map<HostId, Integer> asked,
            @Nullable Evidence evidence,
            Map<HostId, HostNames.Named> called) {
        boolean own = asked.containsKey(d.host());
        String provenance =
                own
                        ? "It rehearsed itself."
                        : evidence == null
                                ? ""
                                : "%s on %s at %s (rehearsal %s)."
                                        .formatted(
                                                evidence.passed() ? "Passed" : "Failed",
                                                name(called, evidence.host()),
                                                Sentences.time(evidence.at()),
                                                evidence.rehearsal());
        return new RehearsalsView.Host(
                d.host(), name(called, d.host()), name(each), own, provenance);
    }

    private static String name(Map<HostId, HostNames.Named> called, HostId host) {
        return called.getOrDefault(host, HostNames.Named.NOBODY).name();
    }

    /// What a class is called: neither plan nor makeup can be told from it.
    private static String name(RehearsalClass each) {
        return Digests.sha256(each.planDigest() + each.makeup()).substring(0, 8);
    }

    private static String sentence(
            List<RehearsalsView.ClassRow> rows, int hosts, int rehearsed, int spared) {
        if (rows.isEmpty()) {
            return "No host has anything to rehearse.";
        }
        long failed =
                rows.stream().filter(row -> row.verdict() == RehearsalsView.Verdict.FAILED).count();
        return "%s of %s: %d rehearsed, %d did not have to%s. The largest class is %s %% of them."
                .formatted(
                        counted(hosts, "host", "hosts"),
                        counted(rows.size(), "class", "classes"),
                        rehearsed,
                        spared,
                        failed == 0
                                ? ""
                                : "; " + counted((int) failed, "class", "classes") + " failed",
                        String.format(Locale.ROOT, "%.0f", rows.getFirst().percent()));
    }

    private static String counted(int number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    /// How often each host was asked to rehearse for the rollout.
    private Map<HostId, Integer> asked(RolloutId id) {
        return database
                .sql(
                        """
                        select host, count(*) as times
                        from rollout.diary
                        where rollout = :rollout and host is not null and what = 'Rehearsing'
                        group by host
                        """)
                .param("rollout", id.value())
                .query(
                        (row, _) ->
                                Map.entry(
                                        new HostId(row.getObject("host", UUID.class)),
                                        row.getInt("times")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
