package dev.understudy.rollout;

import dev.understudy.governance.Proof;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Course;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Settles, once the rehearsals have ended, what a rollout promises and which host is in which
/// wave.
final class AssignWaves {
    private final Certificates certificates;
    private final Certification certification;
    private final MoveDeployment move;
    private final Diary diary;
    private final Urgency urgency;
    private final FailureForecast forecast;

    AssignWaves(
            Certificates certificates,
            Certification certification,
            MoveDeployment move,
            Diary diary,
            Urgency urgency,
            FailureForecast forecast) {
        this.certificates = certificates;
        this.certification = certification;
        this.move = move;
        this.diary = diary;
        this.urgency = urgency;
        this.forecast = forecast;
    }

    /// Says before the rehearsals what can be promised, as far as that is known, and what is
    /// expected to fail.
    void announce(Rollout rollout, List<Deployment> planned) {
        Certificate outlook = certification.outlook(rollout.terms(), planned, seed(rollout.id()));
        keep(rollout.id(), new Certify.Certified(outlook, List.of()));
        String expected = forecast.before(rollout.id(), planned);
        if (!expected.isEmpty()) {
            diary.note(rollout.id(), null, "Forecast", expected);
        }
    }

    /// What is expected to fail if these are patched, in a sentence; nothing is kept.
    String expected(List<Deployment> planned) {
        return forecast.outlook(planned);
    }

    /// Hosts without a passed rehearsal go last, after what the others have proved.
    boolean to(Rollout rollout, List<Deployment> rehearsed) {
        Map<HostId, Integer> waves =
                waves(rollout, rehearsed, certified -> keep(rollout.id(), certified));
        move.intoWaves(rollout.id(), rehearsed, waves);
        urgency.settle(rollout.id(), rehearsed);
        return true;
    }

    /// The waves as they will be if every host takes part.
    Map<HostId, Integer> foresee(Rollout rollout, List<Deployment> planned) {
        return waves(rollout, planned, _ -> {});
    }

    private Map<HostId, Integer> waves(
            Rollout rollout, List<Deployment> rehearsed, Consumer<Certify.Certified> keep) {
        List<Candidate> candidates =
                certification.candidates(rehearsed.stream().filter(d -> !unrehearsed(d)).toList());
        Certify.Certified certified = Certify.of(rollout.terms(), candidates, seed(rollout.id()));
        keep.accept(certified);
        Map<HostId, Integer> waves =
                new HashMap<>(
                        certified.certificate().certified()
                                ? sampled(certified, candidates, rollout.terms())
                                : WaveOrder.assign(candidates, rollout.terms()));
        int last = 1 + waves.values().stream().mapToInt(wave -> wave).max().orElse(0);
        rehearsed.stream().filter(AssignWaves::unrehearsed).forEach(d -> waves.put(d.host(), last));
        InSequence.raise(waves, certification.before());
        return waves;
    }

    private static Map<HostId, Integer> sampled(
            Certify.Certified certified, List<Candidate> candidates, Terms terms) {
        return LayWaves.of(
                Course.of(certified.certificate().plans(), List.of()),
                certified.draws(),
                candidates.stream().map(Candidate::host).collect(Collectors.toSet()),
                0,
                terms.percentPerWave());
    }

    /// The event, with a person's approval where there is no certificate and policy asks for one.
    Rollout.Event approved(Rollout rollout, Rollout.Event event) {
        if (event instanceof Rollout.Event.Rehearsed(_, String hash)
                && rollout.terms().proof().gate() == Proof.Gate.CERTIFIED_ONLY
                && certificates.find(rollout.id()).filter(Certificate::certified).isEmpty()) {
            return new Rollout.Event.Rehearsed(true, hash);
        }
        return event;
    }

    private void keep(RolloutId rollout, Certify.Certified certified) {
        Optional<String> before = certificates.find(rollout).map(Certificate::sentence);
        certificates.keep(rollout, certified);
        String sentence = certified.certificate().sentence();
        if (!before.equals(Optional.of(sentence))) {
            diary.note(rollout, null, "Certificate", sentence);
        }
    }

    /// The rollout's own number: it is not known before, and can be looked up ever after.
    private static long seed(RolloutId rollout) {
        return rollout.value().getMostSignificantBits() ^ rollout.value().getLeastSignificantBits();
    }

    private static boolean unrehearsed(Deployment d) {
        return d.state() instanceof State.Rehearsed(_, var accepted) && accepted != null;
    }
}
