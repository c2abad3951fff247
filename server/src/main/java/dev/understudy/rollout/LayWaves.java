package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Progress;
import dev.understudy.rollout.gate.Standing;
import dev.understudy.rollout.gate.Step;
import dev.understudy.rollout.gate.WavePlan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts the hosts of a certified rollout that are still to come into waves: the next as the tests
/// ask for, those after it as they will be if nothing fails. Laid again after each wave.
final class LayWaves {
    private final Map<HostId, Integer> waves = new HashMap<>();

    private LayWaves() {}

    /// The wave of each host of `left`.
    ///
    /// @param draws every host of the certificate, in order
    /// @param left who did not get the patch yet
    /// @param after the wave that is over; 0 before the first
    /// @param percentPerWave how much of a stratum a wave may take once it is accepted
    static Map<HostId, Integer> of(
            Course course, List<Draw> draws, Set<HostId> left, int after, int percentPerWave) {
        LayWaves lay = new LayWaves();
        for (int stratum = 0; stratum < course.strata().size(); stratum++) {
            int number = stratum;
            lay.stratum(
                    course.strata().get(stratum),
                    draws.stream()
                            .filter(draw -> draw.stratum() == number && left.contains(draw.host()))
                            .toList(),
                    after,
                    percentPerWave);
        }
        return lay.waves;
    }

    private void stratum(Progress progress, List<Draw> left, int after, int percentPerWave) {
        WavePlan plan = progress.plan();
        Deque<HostId> sample = queue(left, Draw.Role.SAMPLE);
        int wave = after + 1;
        if (after == 0) {
            queue(left, Draw.Role.CANARY).forEach(canary -> waves.put(canary, 1));
        }
        Step step = progress.step();
        Standing standing = progress.standing();
        int exposed = after == 0 ? plan.canaries() : progress.exposed();
        while (step instanceof Step.Sample(int hosts, int target) && !sample.isEmpty()) {
            take(sample, hosts, wave);
            exposed += hosts;
            standing = new Standing(target, standing.failed(), target);
            step = plan.next(standing, exposed);
            standing = WavePlan.after(standing, step);
            wave++;
        }
        rest(left, Math.max(1, Math.ceilDiv(plan.hosts() * percentPerWave, 100)), wave);
    }

    private static Deque<HostId> queue(List<Draw> left, Draw.Role role) {
        Deque<HostId> queue = new ArrayDeque<>();
        left.stream().filter(draw -> draw.role() == role).map(Draw::host).forEach(queue::add);
        return queue;
    }

    private void take(Deque<HostId> queue, int hosts, int wave) {
        for (int i = 0; i < hosts && !queue.isEmpty(); i++) {
            waves.put(queue.remove(), wave);
        }
    }

    private void rest(List<Draw> left, int size, int from) {
        int placed = 0;
        for (Draw draw : left) {
            if (!waves.containsKey(draw.host())) {
                waves.put(draw.host(), from + placed / size);
                placed++;
            }
        }
    }
}
