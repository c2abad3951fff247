package dev.understudy.rollout.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/// What a timetable does not keep to, found by looking at nothing but its times; for tests and
/// measurements. Windows are checked by who has the calendar.
public final class Violations {
    private final Instance in;
    private final Timetable timetable;
    private final List<String> found = new ArrayList<>();

    private Violations(Instance in, Timetable timetable) {
        this.in = in;
        this.timetable = timetable;
    }

    /// One sentence for each; none for a timetable that is as it should be.
    public static List<String> of(Instance in, Timetable timetable) {
        Violations violations = new Violations(in, timetable);
        violations.counts("the fleet", _ -> 0, _ -> in.atOnce());
        violations.counts("lane", Job::lane, lane -> in.lanes().get(lane).budget());
        violations.counts(
                "HA group",
                Job::haGroup,
                group -> group < 0 ? Integer.MAX_VALUE : in.haSlots().get(group));
        violations.sequence();
        violations.waves();
        return violations.found;
    }

    private void counts(
            String what, ToIntFunction<Job> of, java.util.function.IntUnaryOperator most) {
        Map<Integer, TreeMap<Long, Integer>> changes = new HashMap<>();
        for (int i = 0; i < in.jobs().size(); i++) {
            if (timetable.planned(i)) {
                TreeMap<Long, Integer> own =
                        changes.computeIfAbsent(
                                of.applyAsInt(in.jobs().get(i)), _ -> new TreeMap<>());
                own.merge(timetable.start(i), 1, Integer::sum);
                own.merge(timetable.end(i), -1, Integer::sum);
            }
        }
        changes.forEach(
                (number, own) -> {
                    int inWork = 0;
                    for (Map.Entry<Long, Integer> change : own.entrySet()) {
                        inWork += change.getValue();
                        if (inWork > most.applyAsInt(number)) {
                            found.add(
                                    "%s %d: %d in work at %d s"
                                            .formatted(what, number, inWork, change.getKey()));
                        }
                    }
                });
    }

    private void sequence() {
        for (int i = 0; i < in.jobs().size(); i++) {
            for (int before : in.jobs().get(i).before()) {
                if (timetable.planned(i)
                        && (!timetable.planned(before)
                                || timetable.start(i) < timetable.end(before))) {
                    found.add("job %d begins before job %d is done".formatted(i, before));
                }
            }
        }
    }

    private void waves() {
        TreeMap<Integer, List<Integer>> waves = new TreeMap<>();
        for (int i = 0; i < in.jobs().size(); i++) {
            waves.computeIfAbsent(in.jobs().get(i).wave(), _ -> new ArrayList<>()).add(i);
        }
        long from = in.wavesFrom();
        for (Map.Entry<Integer, List<Integer>> wave : waves.entrySet()) {
            long over = from;
            for (int i : wave.getValue()) {
                if (timetable.planned(i)
                        && !in.jobs().get(i).begun()
                        && timetable.start(i) < from) {
                    found.add("job %d begins before wave %d".formatted(i, wave.getKey()));
                }
                over = timetable.planned(i) ? Math.max(over, timetable.end(i)) : Long.MAX_VALUE / 2;
            }
            from = over + in.soak();
        }
    }
}
