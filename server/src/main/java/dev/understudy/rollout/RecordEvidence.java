package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Writes down what hosts show and what is decided from it. A failure counts at once; a host counts
/// as good only after its wave's soak. Who is not heard of for another soak counts as failed.
final class RecordEvidence {
    /// However short the soak, a host that is silent is waited for so long.
    private static final Duration LEAST_GRACE = Duration.ofMinutes(15);

    private final Certificates certificates;
    private final TellSilent tell;

    RecordEvidence(Certificates certificates, TellSilent tell) {
        this.certificates = certificates;
        this.tell = tell;
    }

    /// Until when silent hosts of a wave are waited for.
    static Instant patience(Instant until, Duration soak) {
        return until.plus(soak.compareTo(LEAST_GRACE) > 0 ? soak : LEAST_GRACE);
    }

    /// Records what is new about a certified rollout, and says what the record has come to; empty
    /// for a rollout without a promise. The caller holds the lock on the rollout.
    Optional<Trial> note(
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, HostSeen> seen,
            Attributed attributed,
            Instant now) {
        Optional<Certificate> certificate =
                certificates.find(rollout.id()).filter(Certificate::certified);
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        List<Draw> draws = certificates.draws(rollout.id());
        List<Entry> entries = new ArrayList<>(certificates.entries(rollout.id()));
        Trial trial = Trial.of(certificate.get(), draws, entries);
        List<Entry> news = news(trial, rollout, members, seen, attributed, now);
        if (news.isEmpty()) {
            return Optional.of(trial);
        }
        certificates.append(rollout.id(), news);
        tell.of(members, news);
        entries.addAll(news);
        return Optional.of(Trial.of(certificate.get(), draws, entries));
    }

    static List<Entry> news(
            Trial trial,
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, HostSeen> seen,
            Attributed attributed,
            Instant now) {
        List<Entry> news = new ArrayList<>();
        Map<HostId, Draw> places = places(trial);
        if (rollout.state() instanceof Rollout.State.Running(int wave) && wave > trial.begun()) {
            began(wave, members, places).forEach(news::add);
        }
        for (Deployment d : members) {
            if (harmed(d) && attributed.against(d) && !trial.settled(d)) {
                boolean good = trial.judged().get(d.host()) == Outcome.GOOD;
                news.add(
                        judged(
                                d,
                                places,
                                good ? Outcome.FAILED_LATER : Outcome.FAILED,
                                (Sentences.of(d.failure())
                                                + " "
                                                + attributed.shared().getOrDefault(d.host(), ""))
                                        .strip()));
            }
        }
        if (attributed.listening() || !attributed.awaited().isEmpty()) {
            return news;
        }
        Attribute.Stage stage = Attribute.Stage.of(rollout.state(), now);
        Instant until = stage == null ? null : stage.until();
        if (stage != null && until != null) {
            soaked(
                    trial,
                    rollout,
                    stage.wave(),
                    until,
                    members,
                    places,
                    seen,
                    attributed,
                    now,
                    news);
        }
        return news;
    }

    private static Map<HostId, Draw> places(Trial trial) {
        Map<HostId, Draw> places = new HashMap<>();
        trial.draws().forEach(draw -> places.put(draw.host(), draw));
        return places;
    }

    private static List<Entry> began(int wave, List<Deployment> members, Map<HostId, Draw> places) {
        Map<Integer, Integer> hosts = new HashMap<>();
        members.stream()
                .filter(d -> d.wave() == wave)
                .forEach(d -> hosts.merge(stratum(d, places), 1, Integer::sum));
        return hosts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .<Entry>map(each -> new Entry.WaveBegan(each.getKey(), wave, each.getValue()))
                .toList();
    }

    /// Whether the host was patched and failed. What fails on a twin harms no host.
    static boolean harmed(Deployment d) {
        return !d.failure().isEmpty() && !(d.state() instanceof State.FailedInTwin);
    }

    private static void soaked(
            Trial trial,
            Rollout rollout,
            int wave,
            Instant until,
            List<Deployment> members,
            Map<HostId, Draw> places,
            Map<HostId, HostSeen> seen,
            Attributed attributed,
            Instant now,
            List<Entry> news) {
        if (now.isBefore(until)) {
            return;
        }
        Instant patience = patience(until, rollout.terms().soak());
        Set<HostId> told = new HashSet<>(trial.judged().keySet());
        news.forEach(
                entry -> {
                    if (entry instanceof Entry.Judged one) {
                        told.add(one.host());
                    }
                });
        for (Deployment d : members) {
            if (d.wave() != wave || told.contains(d.host())) {
                continue;
            }
            boolean heard = heard(d, seen, until);
            if (heard && EveryHostInEffect.patched(d, rollout.terms())) {
                news.add(judged(d, places, Outcome.GOOD, ""));
            } else if ((inDoubt(d) || (!heard && mayHaveIt(d)))
                    && !attributed.unheard().contains(d.host())
                    && !now.isBefore(patience)) {
                news.add(
                        judged(
                                d,
                                places,
                                Outcome.FAILED,
                                "Nothing was heard of it until %s."
                                        .formatted(Sentences.time(patience))));
            }
        }
    }

    /// Whether it checked in since then.
    static boolean heard(Deployment d, Map<HostId, HostSeen> seen, Instant until) {
        HostSeen known = seen.get(d.host());
        Instant at = known == null ? null : known.at();
        return at != null && !at.isBefore(until);
    }

    /// Whether it has the patch, or may have, as far as it told.
    static boolean mayHaveIt(Deployment d) {
        return d.state() instanceof State.Done
                || d.state() instanceof State.NotInEffect
                || inDoubt(d);
    }

    private static boolean inDoubt(Deployment d) {
        return d.state() instanceof State.Doubtful(_, _, boolean accepted) && !accepted;
    }

    private static Entry judged(
            Deployment d, Map<HostId, Draw> places, Outcome outcome, String why) {
        Draw place = places.get(d.host());
        return new Entry.Judged(
                stratum(d, places),
                d.wave(),
                d.host(),
                place != null && place.role() == Draw.Role.SAMPLE,
                outcome,
                why);
    }

    /// Hosts that people added later are judged with the first stratum, where they prove nothing
    /// and their failures count.
    private static int stratum(Deployment d, Map<HostId, Draw> places) {
        Draw place = places.get(d.host());
        return place == null ? 0 : place.stratum();
    }

    /// Records what the tests decide now.
    Trial decide(RolloutId rollout, Trial trial, int wave) {
        List<Entry> decided =
                IntStream.range(0, trial.course().strata().size())
                        .<Entry>mapToObj(stratum -> trial.course().decide(stratum, wave))
                        .toList();
        certificates.append(rollout, decided);
        return Trial.of(trial.certificate(), trial.draws(), certificates.entries(rollout));
    }

    /// Records that a person lets go on what only a person can.
    Trial accept(RolloutId rollout, Trial trial, List<Deployment> members, int wave, String by) {
        certificates.append(
                rollout,
                trial.asking(members).stream()
                        .<Entry>map(stratum -> new Entry.PersonAccepted(stratum, wave, by))
                        .toList());
        return Trial.of(trial.certificate(), trial.draws(), certificates.entries(rollout));
    }
}
