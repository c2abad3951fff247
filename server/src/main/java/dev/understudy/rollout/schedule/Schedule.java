package dev.understudy.rollout.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/// The plan of a schedule: when each job begins, and how far that is at most from the cheapest way.
///
/// Jobs are listed by Smith's rule: who has the most weight for its time goes first. The last of a
/// wave that others follow may go longest first, so that it is over sooner, if that is cheaper in
/// all. Those that would miss their deadline are moved to the front, if fewer miss theirs then.
/// Where the jobs are few, the list is improved by moving single jobs.
///
/// @param bound no timetable for the planned jobs is cheaper
public record Schedule(Instance instance, Timetable timetable, double cost, double bound) {
    /// With so many jobs at most the list is improved.
    private static final int FEW = 64;

    private static final int TRIES = 2_500;
    private static final int DEADLINE_TRIES = 4;

    /// How many rounds of jobs at the end of a wave may go longest first.
    private static final int[] TAILS = {1, 2, 4};

    /// By how much the plan is dearer than the bound: 0.02 for 2 %.
    public double gap() {
        return bound > 0 ? Math.max(0, cost / bound - 1) : 0;
    }

    public static Schedule of(Instance in) {
        List<Integer> order =
                IntStream.range(0, in.jobs().size())
                        .boxed()
                        .sorted(
                                Comparator.comparingDouble(
                                                (Integer i) -> -in.jobs().get(i).urgency())
                                        .thenComparing(Comparator.naturalOrder()))
                        .toList();
        Timetable best = ListSchedule.of(in, order);
        for (int rounds : in.waves() > 1 ? TAILS : new int[0]) {
            List<Integer> tailed = longestLast(in, order, rounds);
            Timetable next = ListSchedule.of(in, tailed);
            if (next.betterThan(best)) {
                best = next;
                order = tailed;
            }
        }
        for (int i = 0; i < DEADLINE_TRIES && best.late() > 0; i++) {
            order = lateFirst(in, order, best);
            Timetable next = ListSchedule.of(in, order);
            if (!next.betterThan(best)) {
                break;
            }
            best = next;
        }
        if (in.jobs().size() <= FEW) {
            best = improved(in, best, order);
        }
        return new Schedule(in, best, best.cost(), LowerBound.of(in, best));
    }

    /// By wave; the last `rounds` times as many jobs of each as are in work at once, but for the
    /// last wave, the longest first.
    private static List<Integer> longestLast(Instance in, List<Integer> order, int rounds) {
        TreeMap<Integer, List<Integer>> waves = new TreeMap<>();
        order.forEach(
                i -> waves.computeIfAbsent(in.jobs().get(i).wave(), _ -> new ArrayList<>()).add(i));
        List<Integer> listed = new ArrayList<>(order.size());
        waves.forEach(
                (wave, jobs) -> {
                    long tail = Math.min(jobs.size(), (long) rounds * in.atOnce());
                    if (!wave.equals(waves.lastKey())) {
                        jobs.subList(jobs.size() - (int) tail, jobs.size())
                                .sort(Comparator.comparingLong(i -> -in.jobs().get(i).takes()));
                    }
                    listed.addAll(jobs);
                });
        return listed;
    }

    /// Those that are late move to the front, the one that is due first the foremost.
    private static List<Integer> lateFirst(Instance in, List<Integer> order, Timetable last) {
        List<Integer> late = new ArrayList<>();
        List<Integer> rest = new ArrayList<>();
        for (int i : order) {
            boolean misses = last.planned(i) && last.end(i) > in.jobs().get(i).deadline();
            (misses ? late : rest).add(i);
        }
        late.sort(Comparator.comparingLong(i -> in.jobs().get(i).deadline()));
        late.addAll(rest);
        return late;
    }

    /// Moves single jobs of the list as long as that makes it no worse; only what is better than
    /// `first` is taken instead of it.
    private static Timetable improved(Instance in, Timetable first, List<Integer> order) {
        List<Integer> current = new ArrayList<>(order);
        current.sort(Comparator.comparingLong(i -> first.planned(i) ? first.start(i) : -1));
        Timetable reached = SerialSchedule.of(in, current);
        Timetable listed = SerialSchedule.of(in, order);
        if (listed.betterThan(reached)) {
            reached = listed;
            current = order;
        }
        Timetable best = reached.betterThan(first) ? reached : first;
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        for (int i = 0; i < TRIES && order.size() > 1; i++) {
            List<Integer> next = moved(current, random);
            Timetable tried = SerialSchedule.of(in, next);
            if (!reached.betterThan(tried)) {
                reached = tried;
                current = next;
                best = tried.betterThan(best) ? tried : best;
            }
        }
        return best;
    }

    private static List<Integer> moved(List<Integer> order, RandomGenerator random) {
        List<Integer> next = new ArrayList<>(order);
        int from = random.nextInt(next.size());
        int to = random.nextInt(next.size());
        if (random.nextBoolean()) {
            Collections.swap(next, from, to);
        } else if (from < to) {
            Collections.rotate(next.subList(from, to + 1), -1);
        } else {
            Collections.rotate(next.subList(to, from + 1), 1);
        }
        return next;
    }
}
