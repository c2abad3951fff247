package dev.understudy.rollout.schedule;

import dev.understudy.rollout.schedule.Windows.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;

/// What no timetable for the same jobs can be cheaper than: Smith's rule where it is optimal.
///
/// All but one kind of limit is taken away, and m hosts at once become one that is m times as fast
/// and may be interrupted. On that one, to work on the job with the most weight for its time that
/// is there minimises the weighted mean of the instants at which jobs are worked on; each job ends
/// at least half its time after that mean (Eastman, Even and Isaacs 1964; with release times
/// Goemans et al. 2002). A job is there from the first window of its group after the earliest that
/// its wave can begin and the jobs before it can be done. The bound is the largest of: all hosts at
/// the capacity of the fleet, each group at its budget, each HA group at what its quorum leaves,
/// and each host by itself.
final class LowerBound {
    private final Instance in;
    private final Timetable planned;
    private final long[] release;

    private LowerBound(Instance in, Timetable planned) {
        this.in = in;
        this.planned = planned;
        release = releases();
    }

    /// For the jobs that this timetable plans.
    static double of(Instance in, Timetable planned) {
        LowerBound bound = new LowerBound(in, planned);
        List<Integer> all = new ArrayList<>();
        Map<Integer, List<Integer>> lanes = new TreeMap<>();
        Map<Integer, List<Integer>> haGroups = new TreeMap<>();
        for (int i = 0; i < in.jobs().size(); i++) {
            if (planned.planned(i)) {
                all.add(i);
                lanes.computeIfAbsent(in.jobs().get(i).lane(), _ -> new ArrayList<>()).add(i);
                int group = in.jobs().get(i).haGroup();
                haGroups.computeIfAbsent(group < 0 ? -1 - i : group, _ -> new ArrayList<>()).add(i);
            }
        }
        double byLane = 0;
        for (Map.Entry<Integer, List<Integer>> lane : lanes.entrySet()) {
            int budget = in.lanes().get(lane.getKey()).budget();
            byLane += bound.best(lane.getValue(), Math.min(budget, in.atOnce()));
        }
        double byHaGroup = 0;
        for (List<Integer> group : haGroups.values()) {
            int slots = Math.min(in.slots(in.jobs().get(group.getFirst())), in.atOnce());
            byHaGroup += bound.best(group, slots);
        }
        return Math.max(bound.best(all, in.atOnce()), Math.max(byLane, byHaGroup));
    }

    private double best(List<Integer> jobs, int atOnce) {
        double alone = alone(jobs);
        return atOnce >= jobs.size() ? alone : Math.max(alone, together(jobs, atOnce));
    }

    private double alone(List<Integer> jobs) {
        double cost = 0;
        for (int i : jobs) {
            Job job = in.jobs().get(i);
            cost += job.weight() * (double) (release[i] + job.takes()) / 3600;
        }
        return cost;
    }

    /// The jobs on one host that is `speed` times as fast.
    private double together(List<Integer> jobs, int speed) {
        List<Integer> coming = new ArrayList<>(jobs);
        coming.sort(Comparator.comparingLong(i -> release[i]));
        PriorityQueue<Integer> there =
                new PriorityQueue<>(
                        Comparator.comparingDouble((Integer i) -> -in.jobs().get(i).urgency())
                                .thenComparing(Comparator.naturalOrder()));
        Open open = new Open(jobs);
        Map<Integer, Double> left = new HashMap<>();
        double cost = 0;
        double at = 0;
        int next = 0;
        while (next < coming.size() || !there.isEmpty()) {
            if (there.isEmpty()) {
                at = Math.max(at, (double) release[coming.get(next)]);
            }
            at = open.from(at);
            while (next < coming.size() && release[coming.get(next)] <= at) {
                there.add(coming.get(next++));
            }
            if (there.isEmpty()) {
                continue;
            }
            int number = there.element();
            Job job = in.jobs().get(number);
            double needs = left.getOrDefault(number, (double) job.takes()) / speed;
            double until = Math.min(at + needs, open.to(at));
            if (next < coming.size()) {
                until = Math.min(until, (double) release[coming.get(next)]);
            }
            double worked = (until - at) * speed;
            cost += job.weight() / job.takes() * worked * (at + until) / 2;
            if (until >= at + needs) {
                there.remove();
                left.remove(number);
                cost += job.weight() * job.takes() / 2.0;
            } else {
                left.put(number, needs * speed - worked);
            }
            at = until;
        }
        return cost / 3600;
    }

    /// When any of the jobs can be in work: while a window of one of their groups is open, and for
    /// as long after it as the longest of them takes.
    private final class Open {
        private final List<Windows> windows;
        private final long longest;
        private double from = -1;
        private double to = -1;

        Open(List<Integer> jobs) {
            windows =
                    jobs.stream()
                            .map(i -> in.jobs().get(i).lane())
                            .distinct()
                            .map(lane -> in.lanes().get(lane).windows())
                            .toList();
            longest = jobs.stream().mapToLong(i -> in.jobs().get(i).takes()).max().orElse(0);
        }

        double from(double at) {
            find(at);
            return Math.max(at, from);
        }

        double to(double at) {
            find(at);
            return to;
        }

        private void find(double at) {
            if (at >= from && at < to) {
                return;
            }
            // What was begun in a window before may still be in work.
            long look = (long) Math.max(0, at - longest);
            from = Double.POSITIVE_INFINITY;
            to = Double.POSITIVE_INFINITY;
            for (Windows each : windows) {
                Optional<Span> span = each.next(look);
                while (span.isPresent() && end(span.get()) <= at) {
                    span = each.next(span.get().to());
                }
                if (span.isPresent()) {
                    double begins = Math.max(at, (double) span.get().from());
                    if (begins < from) {
                        from = begins;
                        to = end(span.get());
                    } else if (begins == from) {
                        to = Math.max(to, end(span.get()));
                    }
                }
            }
        }

        private double end(Span span) {
            return span.to() >= Long.MAX_VALUE - longest
                    ? Double.POSITIVE_INFINITY
                    : (double) span.to() + longest;
        }
    }

    /// The earliest that each job can begin.
    private long[] releases() {
        List<Job> jobs = in.jobs();
        long[] release = new long[jobs.size()];
        Arrays.fill(release, Long.MAX_VALUE);
        TreeMap<Integer, List<Integer>> waves = new TreeMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            if (planned.planned(i)) {
                waves.computeIfAbsent(jobs.get(i).wave(), _ -> new ArrayList<>()).add(i);
            }
        }
        long from = in.wavesFrom();
        for (List<Integer> wave : waves.values()) {
            Map<Integer, Long> opens = new HashMap<>();
            long over = from;
            long first = Long.MAX_VALUE;
            double work = 0;
            for (int i : inSequence(wave)) {
                Job job = jobs.get(i);
                release[i] = job.begun() ? 0 : release(job, release, from, opens);
                over = Math.max(over, release[i] + job.takes());
                first = Math.min(first, release[i]);
                work += job.takes();
            }
            over = Math.max(over, first + (long) Math.ceil(work / in.atOnce()));
            from = over + in.soak();
        }
        return release;
    }

    private long release(Job job, long[] release, long from, Map<Integer, Long> opens) {
        long earliest = from;
        for (int before : job.before()) {
            earliest = Math.max(earliest, release[before] + in.jobs().get(before).takes());
        }
        return earliest == from
                ? opens.computeIfAbsent(job.lane(), lane -> opening(lane, from))
                : opening(job.lane(), earliest);
    }

    private long opening(int lane, long at) {
        return in.lanes().get(lane).windows().next(at).map(Span::from).orElse(at);
    }

    /// Jobs after those that they come after: as the timetable has them.
    private List<Integer> inSequence(List<Integer> wave) {
        return wave.stream().sorted(Comparator.comparingLong(planned::start)).toList();
    }
}
