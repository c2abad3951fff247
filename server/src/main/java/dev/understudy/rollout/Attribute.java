package dev.understudy.rollout;

import dev.understudy.fleet.Symptoms;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Looks up what befell the hosts of a rollout, has it weighed ([WeighCauses]), and writes the
/// result into the rollout's record.
final class Attribute {
    private final Certificates certificates;
    private final Deployments deployments;
    private final Symptoms symptoms;
    private final Diary diary;
    private final Quarantine quarantine;
    private final HealthSignals signals;
    private final TellSilent tell;
    private final Duration hearing;

    /// @param hearing how long after a failure the control is waited for
    Attribute(
            Certificates certificates,
            Deployments deployments,
            Symptoms symptoms,
            Diary diary,
            Quarantine quarantine,
            HealthSignals signals,
            TellSilent tell,
            Duration hearing) {
        this.certificates = certificates;
        this.deployments = deployments;
        this.symptoms = symptoms;
        this.diary = diary;
        this.quarantine = quarantine;
        this.signals = signals;
        this.tell = tell;
        this.hearing = hearing;
    }

    /// What can be told now, written down as far as it is new. The caller holds the lock on the
    /// rollout.
    Attributed of(
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, HostSeen> seen,
            Function<HostId, String> group,
            Instant now) {
        Stage stage = Stage.of(rollout.state(), now);
        if (stage == null) {
            return Attributed.NOTHING;
        }
        boolean harmed = members.stream().anyMatch(RecordEvidence::harmed);
        if (!harmed && !stage.soaked()) {
            return Attributed.NOTHING;
        }
        List<Entry> entries = certificates.entries(rollout.id());
        List<String> doubts = new ArrayList<>(doubts(stage, members, group));
        Instant begun = diary.newestWave(rollout.id()).orElse(rollout.startedAt());
        WeighCauses weigh = weigh(rollout, members, seen, stage, entries, begun, now);
        if (weigh.needed()) {
            weigh.weigh();
            certificates.append(rollout.id(), weigh.entries());
            note(rollout, weigh.entries());
            if (weigh.entries().stream().anyMatch(Attributed::excuses)) {
                clear(rollout, members, weigh.excused());
            }
        }
        WeighSilence silence = silence(rollout, members, seen, stage, weigh, entries, begun, now);
        doubts.addAll(silence.doubts());
        return new Attributed(
                weigh.awaited(),
                weigh.excused(),
                weigh.listening() || silence.listening(),
                weigh.shared(),
                weigh.news(),
                doubts,
                silence.unheard());
    }

    /// What monitoring has against the groups of the wave, once its soak is over.
    private List<String> doubts(
            Stage stage, List<Deployment> members, Function<HostId, String> group) {
        return stage.soaked()
                ? members.stream()
                        .filter(d -> d.wave() == stage.wave())
                        .map(d -> group.apply(d.host()))
                        .distinct()
                        .sorted()
                        .flatMap(name -> signals.doubt(name).stream())
                        .distinct()
                        .toList()
                : List.of();
    }

    private void note(Rollout rollout, List<Entry> entries) {
        sentences(entries)
                .forEach(sentence -> diary.note(rollout.id(), null, "Attributed", sentence));
    }

    /// Who is not heard of any more, after what else befell hosts was weighed.
    private WeighSilence silence(
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, HostSeen> seen,
            Stage stage,
            WeighCauses causes,
            List<Entry> before,
            Instant begun,
            Instant now) {
        List<Entry> record = new ArrayList<>(before);
        record.addAll(causes.entries());
        WeighSilence silence =
                new WeighSilence(
                        rollout,
                        members,
                        seen,
                        stage,
                        causes,
                        record,
                        begun,
                        !certificates.draws(rollout.id()).isEmpty(),
                        hearing,
                        now);
        if (!causes.listening()) {
            silence.weigh();
        }
        certificates.append(rollout.id(), silence.entries());
        note(rollout, silence.entries());
        tell.of(members, silence.entries());
        return silence;
    }

    private WeighCauses weigh(
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, HostSeen> seen,
            Stage stage,
            List<Entry> entries,
            Instant begun,
            Instant now) {
        Map<HostId, Integer> strata = new HashMap<>();
        certificates.draws(rollout.id()).forEach(draw -> strata.put(draw.host(), draw.stratum()));
        Instant from = begun.minus(rollout.terms().soak());
        List<Deployments.Touched> others = deployments.touchedByOthers(rollout.id(), from);
        Set<HostId> hosts = new HashSet<>();
        members.forEach(d -> hosts.add(d.host()));
        others.forEach(touched -> hosts.add(touched.host()));
        return new WeighCauses(
                rollout,
                members,
                seen,
                stage,
                entries,
                strata,
                others,
                symptoms.since(hosts, begun),
                hearing,
                now);
    }

    /// Where nothing that failed is the patch's, what was locked away for it is let go.
    private void clear(Rollout rollout, List<Deployment> members, Set<HostId> excused) {
        boolean all =
                members.stream()
                        .filter(d -> !d.failure().isEmpty())
                        .allMatch(d -> excused.contains(d.host()));
        if (all) {
            quarantine.clear(rollout.id(), "every failure of its rollout has another cause");
        }
    }

    /// Which wave hosts are watched in.
    ///
    /// @param until when its soak is over; null while it is being patched
    /// @param soaked whether that was
    record Stage(int wave, @Nullable Instant until, boolean soaked) {
        static @Nullable Stage of(Rollout.State state, Instant now) {
            return switch (state) {
                case Rollout.State.Running(int wave) -> new Stage(wave, null, false);
                case Rollout.State.Soaking(int wave, Instant until) ->
                        new Stage(wave, until, !now.isBefore(until));
                case Rollout.State.Held(int wave, Instant until, _) ->
                        new Stage(wave, until, !now.isBefore(until));
                // What comes in meanwhile is still part of the same wave, which stays unjudged.
                case Rollout.State.Paused(Rollout.State before, _, _) ->
                        Optional.ofNullable(of(before, now))
                                .map(stage -> new Stage(stage.wave(), null, false))
                                .orElse(null);
                case Rollout.State.Rehearsing _, Rollout.State.AwaitingApproval _ -> null;
                case Rollout.State.Announced _, Rollout.State.Objected _ -> null;
                case Rollout.State.Halted _, Rollout.State.RollingBack _ -> null;
                case Rollout.State.RolledBack _, Rollout.State.Completed _ -> null;
            };
        }
    }

    /// Whether the host got the patch, or may have.
    static boolean begun(Deployment d) {
        return !d.untouched() && !(d.state() instanceof State.Skipped) && !onTwin(d);
    }

    private static boolean onTwin(Deployment d) {
        return d.state() instanceof State.FailedInTwin;
    }

    /// Whether the host shows how hosts fare without the patch.
    static boolean unpatched(Deployment d) {
        return d.untouched()
                || onTwin(d)
                || (d.state() instanceof State.Skipped(Deployment.Skip why, _, _)
                        && switch (why) {
                            case NOTHING_PENDING, OBSERVE_ONLY, INCONCLUSIVE, REMOVALS -> true;
                            case CLASS_FAILED -> true;
                            case IN_OTHER_ROLLOUT, OFFLINE, NOT_AS_REHEARSED, REFUSED -> false;
                            case TOO_MANY_ATTEMPTS, WITHDRAWN, RETIRED -> false;
                        });
    }

    /// Those entries of the record that a rollout's failures were put down in.
    static List<String> sentences(List<Entry> entries) {
        List<String> sentences = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry instanceof Entry.Contrasted one) {
                sentences.add(one.sentence());
            } else if (entry instanceof Entry.Shared one) {
                sentences.add(one.sentence());
            }
        }
        return sentences;
    }
}
