package dev.understudy.fleetsim.policy;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.CanaryCoverage;
import dev.understudy.rollout.gate.Certifiability.Certifiable;
import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import dev.understudy.rollout.gate.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One rollout of ours, from the rehearsals to its end: canaries by [CanaryCoverage], then waves as
/// the [Course] of the server's gate asks for, or, where too few hosts take part to certify
/// anything, waves of a fixed size in which every host must pass.
final class CertifiedRollout {
    private final Certified way;
    private final Simulation fleet;
    private final SortedMap<Integer, List<Version>> members;
    private final Certified.Locks locks;
    private final Set<Integer> versions = new HashSet<>();
    private final BitSet begun = new BitSet();
    private final BitSet failed = new BitSet();
    private final BitSet judged = new BitSet();
    private final BitSet canaries = new BitSet();
    private final Random random;
    private Deque<Integer> left = new ArrayDeque<>();

    /// Null where nothing is certified.
    private @Nullable Course course;

    private int wave;
    private boolean over;

    CertifiedRollout(
            Certified way,
            Simulation fleet,
            SortedMap<Integer, List<Version>> members,
            Certified.Locks locks,
            long number) {
        this.way = way;
        this.fleet = fleet;
        this.members = members;
        this.locks = locks;
        this.random = new Random(number);
        members.values().forEach(each -> each.forEach(version -> versions.add(version.number())));
    }

    boolean brings(Version version) {
        return versions.contains(version.number());
    }

    void begin() {
        later(Certified.REHEARSAL, this::rehearsed);
    }

    private void later(double after, Runnable what) {
        fleet.at(
                fleet.now() + after,
                () -> {
                    if (!over) {
                        what.run();
                    }
                });
    }

    private void rehearsed() {
        Map<Integer, List<Integer>> failing = new TreeMap<>();
        members.forEach(
                (host, bundle) -> {
                    for (Version version : bundle) {
                        if (fleet.world().failsOnTwin(version, host)) {
                            failing.computeIfAbsent(version.number(), _ -> new ArrayList<>())
                                    .add(host);
                        }
                    }
                });
        if (!failing.isEmpty()) {
            failing.forEach(
                    (version, hosts) -> locks.accuse(fleet.world().versions().get(version), hosts));
            end(Certified.SEARCH);
            return;
        }
        settle();
        next();
    }

    private void settle() {
        int hosts = members.size();
        if (Plans.of(way, hosts) instanceof Certifiable(var plan)) {
            course = Course.of(List.of(plan), List.of());
            first(plan.canaries());
        } else {
            first(way.canaries());
        }
    }

    private void first(int wanted) {
        List<CanaryCoverage.Candidate<Integer>> candidates =
                members.keySet().stream()
                        .map(
                                host ->
                                        new CanaryCoverage.Candidate<>(
                                                host, 0, fleet.world().runs(host), null, false))
                        .toList();
        List<Integer> chosen = CanaryCoverage.choose(candidates, wanted);
        chosen.forEach(canaries::set);
        List<Integer> rest = new ArrayList<>(members.keySet());
        rest.removeIf(canaries::get);
        Collections.shuffle(rest, random);
        left = new ArrayDeque<>(rest);
    }

    /// What comes next, as the gate has it.
    private void next() {
        wave++;
        Course now = course;
        if (now == null) {
            startWave(wave == 1 ? canaries() : take(share()));
            return;
        }
        switch (now.strata().getFirst().step()) {
            case Step.Sample(int hosts, _) -> {
                List<Integer> these = wave == 1 ? canaries() : new ArrayList<>();
                these.addAll(take(hosts));
                startWave(these);
            }
            case Step.Accept _ -> startWave(take(share()));
            case Step.Halt _ -> haltOver(versions);
            case Step.Ask _ -> fleet.askPerson(this::answered);
        }
    }

    private void answered() {
        if (over) {
            return;
        }
        List<Integer> bad =
                versions.stream()
                        .filter(number -> fleet.world().versions().get(number).bad())
                        .toList();
        if (!bad.isEmpty()) {
            haltOver(bad);
        } else {
            note(new Entry.PersonAccepted(0, wave, "a person"));
            wave--;
            next();
        }
    }

    private List<Integer> canaries() {
        return new ArrayList<>(canaries.stream().boxed().toList());
    }

    private int share() {
        return Math.max(1, Math.ceilDiv(members.size() * way.percentPerWave(), 100));
    }

    private List<Integer> take(int hosts) {
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < hosts && !left.isEmpty()) {
            taken.add(left.remove());
        }
        return taken;
    }

    private void startWave(List<Integer> hosts) {
        if (hosts.isEmpty()) {
            end(Certified.DEBOUNCE);
            return;
        }
        note(new Entry.WaveBegan(0, wave, hosts.size()));
        later(Certified.APPLY, () -> apply(hosts));
    }

    private void apply(List<Integer> hosts) {
        for (int host : hosts) {
            begun.set(host);
            bundle(host).forEach(version -> fleet.install(host, version));
        }
        later(way.soak(), () -> soaked(hosts));
    }

    private List<Version> bundle(int host) {
        return Objects.requireNonNull(members.get(host));
    }

    private void soaked(List<Integer> hosts) {
        for (int host : hosts) {
            if (!failed.get(host)) {
                judged.set(host);
                note(judged(host, Outcome.GOOD));
            }
        }
        Course now = course;
        if (now != null) {
            course = now.decided(wave);
        }
        if (left.isEmpty()) {
            end(Certified.DEBOUNCE);
        } else {
            next();
        }
    }

    /// A host that this rollout patched is broken by it.
    void failed(int host, Version version) {
        if (over || !begun.get(host) || failed.get(host) || !bundle(host).contains(version)) {
            return;
        }
        failed.set(host);
        bundle(host).forEach(each -> fleet.restore(host, each, Certified.RESTORE));
        boolean known =
                bundle(host).size() == 1
                        || fleet.world().draw(World.Draw.CULPRIT, version.number(), host)
                                < fleet.world().assumptions().culprit();
        List<Version> accused = known ? List.of(version) : bundle(host);
        accused.forEach(each -> locks.accuse(each, List.of(host)));
        Course now = course;
        if (now == null) {
            halt();
            return;
        }
        note(judged(host, judged.get(host) ? Outcome.FAILED_LATER : Outcome.FAILED));
        if (Objects.requireNonNull(course).halts()) {
            halt();
        }
    }

    private Entry judged(int host, Outcome outcome) {
        return new Entry.Judged(
                0, wave, new HostId(new UUID(0, host)), !canaries.get(host), outcome, "");
    }

    private void note(Entry entry) {
        Course now = course;
        if (now != null) {
            course = now.with(entry);
        }
    }

    private void haltOver(Collection<Integer> accused) {
        accused.forEach(number -> locks.accuse(fleet.world().versions().get(number), List.of()));
        halt();
    }

    /// Ends it; hosts that were not begun are left alone, those that are well keep what they have.
    void halt() {
        end(Certified.DEBOUNCE);
    }

    private void end(double after) {
        if (!over) {
            over = true;
            locks.over(after);
        }
    }
}
