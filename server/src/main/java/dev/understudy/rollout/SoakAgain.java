package dev.understudy.rollout;

import dev.understudy.fleet.Inventories;
import dev.understudy.fleet.Symptoms;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Contrast;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// After an outage: when a person lets the rollout go on, hosts of a disturbed wave that still have
/// the patch soak once more and are judged by that, so that the limit is not used up by waves that
/// prove nothing.
///
/// Whether they do is read off the control alone, as is whether the wave was disturbed: only where
/// its symptoms began after the whole wave was patched, and are over. Nobody is excused then: a
/// host that was put back had failed before the outage, one that still ails ails of something else,
/// and both count.
final class SoakAgain {
    private final Certificates certificates;
    private final Symptoms symptoms;
    private final Inventories inventories;
    private final Diary diary;
    private final MoveDeployment move;
    private final InstantSource clock;

    SoakAgain(
            Certificates certificates,
            Symptoms symptoms,
            Inventories inventories,
            Diary diary,
            MoveDeployment move,
            InstantSource clock) {
        this.certificates = certificates;
        this.symptoms = symptoms;
        this.inventories = inventories;
        this.diary = diary;
        this.move = move;
        this.clock = clock;
    }

    /// Has hosts of the wave soak again, if they may.
    ///
    /// @return until when; null if everything goes on as it was
    @Nullable Instant from(Rollout rollout, List<Deployment> members, String by) {
        if (!(rollout.state() instanceof Rollout.State.Paused(var before, String who, _))
                || !who.equals(NextMoves.MACHINE)
                || !(before instanceof Rollout.State.Soaking
                        || before instanceof Rollout.State.Held)) {
            return null;
        }
        int wave = RolloutViews.wave(before);
        Instant settled = diary.newest(rollout.id(), "Soaking").orElse(Instant.MAX);
        List<Entry> record = certificates.entries(rollout.id());
        Map<HostId, Integer> strata = new HashMap<>();
        certificates.draws(rollout.id()).forEach(draw -> strata.put(draw.host(), draw.stratum()));
        Map<HostId, Map<String, Symptoms.Time>> times =
                symptoms.times(
                        members.stream().map(Deployment::host).collect(Collectors.toSet()),
                        diary.newestWave(rollout.id()).orElse(rollout.startedAt()));
        List<Entry.SoaksAgain> again = again(wave, members, record, strata, times, settled);
        if (again.isEmpty()) {
            return null;
        }
        certificates.append(rollout.id(), List.copyOf(again));
        Set<HostId> all =
                again.stream().flatMap(e -> e.hosts().stream()).collect(Collectors.toSet());
        members.stream()
                .filter(d -> all.contains(d.host()) && d.state() instanceof State.Unhealthy)
                .filter(d -> !lasts(times.getOrDefault(d.host(), Map.of())))
                .forEach(d -> recovered(d, by));
        Instant until = clock.instant().plus(rollout.terms().soak());
        diary.note(
                rollout.id(),
                null,
                "SoaksAgain",
                "The outage is over for the unpatched hosts: %d hosts of wave %d soak again until %s."
                        .formatted(all.size(), wave, Sentences.time(until)));
        return until;
    }

    private void recovered(Deployment d, String by) {
        Optional<Inventory> inventory = inventories.latest(d.host());
        move.happen(
                d,
                new Deployment.Event.Recovered(
                        inventory.map(now -> new Sighting(now).notInEffect(d)).orElse(List.of())),
                by);
    }

    private static boolean lasts(Map<String, Symptoms.Time> symptoms) {
        return symptoms.values().stream().anyMatch(time -> time.endedAt() == null);
    }

    /// Which hosts of a wave soak again. Pure.
    ///
    /// @param times what hosts showed since the wave began
    /// @param settled when the whole wave was patched
    static List<Entry.SoaksAgain> again(
            int wave,
            List<Deployment> members,
            List<Entry> record,
            Map<HostId, Integer> strata,
            Map<HostId, Map<String, Symptoms.Time>> times,
            Instant settled) {
        Map<Integer, Set<String>> external = new HashMap<>();
        Map<HostId, Outcome> judged = new HashMap<>();
        for (Entry entry : record) {
            switch (entry) {
                case Entry.Contrasted(int stratum, int w, Contrast contrast, _, var cause) -> {
                    if (w == wave && cause == Contrast.Cause.EXTERNAL) {
                        external.computeIfAbsent(stratum, _ -> new HashSet<>())
                                .add(contrast.symptom());
                    }
                }
                case Entry.SoaksAgain(int stratum, _, List<HostId> hosts) -> {
                    external.remove(stratum);
                    hosts.forEach(judged::remove);
                }
                case Entry.Judged one -> judged.put(one.host(), one.outcome());
                case Entry.WaveBegan _, Entry.Decided _, Entry.PersonAccepted _ -> {}
                case Entry.Shared _ -> {}
            }
        }
        List<Entry.SoaksAgain> again = new ArrayList<>();
        external.forEach(
                (stratum, shown) -> {
                    if (over(members, stratum, strata, times, shown, settled)) {
                        List<HostId> hosts =
                                members.stream()
                                        .filter(d -> d.wave() == wave)
                                        .map(Deployment::host)
                                        .filter(
                                                host ->
                                                        strata.getOrDefault(host, 0)
                                                                .equals(stratum))
                                        .filter(host -> proves(judged.get(host)))
                                        .toList();
                        if (!hosts.isEmpty()) {
                            again.add(new Entry.SoaksAgain(stratum, wave, hosts));
                        }
                    }
                });
        return again;
    }

    private static boolean proves(@Nullable Outcome outcome) {
        return outcome == Outcome.DISTURBED || outcome == Outcome.LEFT_OUT;
    }

    /// Whether the control showed the symptoms only after the wave was patched, and does no more.
    private static boolean over(
            List<Deployment> members,
            int stratum,
            Map<HostId, Integer> strata,
            Map<HostId, Map<String, Symptoms.Time>> times,
            Set<String> shown,
            Instant settled) {
        return members.stream()
                .filter(Attribute::unpatched)
                .filter(d -> strata.getOrDefault(d.host(), 0) == stratum)
                .flatMap(d -> times.getOrDefault(d.host(), Map.of()).entrySet().stream())
                .filter(each -> shown.contains(each.getKey()))
                .allMatch(
                        each ->
                                each.getValue().endedAt() != null
                                        && !each.getValue().beganAt().isBefore(settled));
    }
}
