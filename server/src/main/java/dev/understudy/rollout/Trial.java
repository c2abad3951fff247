package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The certificate of a rollout with what its record has come to.
///
/// @param judged the hosts that were judged, each as last
/// @param begun the newest wave that was recorded as begun; 0 for none
record Trial(
        Certificate certificate,
        List<Draw> draws,
        Course course,
        Map<HostId, Entry.Outcome> judged,
        int begun) {
    static Trial of(Certificate certificate, List<Draw> draws, List<Entry> entries) {
        Map<HostId, Entry.Outcome> judged = new HashMap<>();
        int begun = 0;
        for (Entry entry : entries) {
            if (entry instanceof Entry.Judged one) {
                judged.put(one.host(), one.outcome());
            } else if (entry instanceof Entry.WaveBegan(_, int wave, _)) {
                begun = Math.max(begun, wave);
            } else if (entry instanceof Entry.SoaksAgain(_, _, List<HostId> hosts)) {
                hosts.forEach(judged::remove);
            }
        }
        return new Trial(
                certificate, draws, Course.of(certificate.plans(), entries), judged, begun);
    }

    boolean failed(Deployment d) {
        Entry.Outcome outcome = judged.get(d.host());
        return outcome == Entry.Outcome.FAILED || outcome == Entry.Outcome.FAILED_LATER;
    }

    /// Whether its failure is on the record, whatever it was put down to.
    boolean settled(Deployment d) {
        return failed(d) || judged.get(d.host()) == Entry.Outcome.DISTURBED;
    }

    /// The strata that only a person can let go on: those that ask, and those whose sample has run
    /// out of hosts.
    List<Integer> asking(List<Deployment> deployments) {
        Set<HostId> left =
                deployments.stream()
                        .filter(Deployment::untouched)
                        .map(Deployment::host)
                        .collect(Collectors.toSet());
        return java.util.stream.IntStream.range(0, course.strata().size())
                .filter(stratum -> asks(stratum, left))
                .boxed()
                .toList();
    }

    private boolean asks(int stratum, Set<HostId> left) {
        return switch (course.strata().get(stratum).step()) {
            case Step.Ask _ -> true;
            case Step.Sample _ ->
                    draws.stream()
                            .noneMatch(
                                    draw ->
                                            draw.stratum() == stratum
                                                    && draw.role() == Draw.Role.SAMPLE
                                                    && left.contains(draw.host()));
            case Step.Accept _, Step.Halt _ -> false;
        };
    }

    String sentence() {
        return course.sentence(certificate.names());
    }
}
