package dev.understudy.rollout.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Puts one job of a list after the other where it can be done first, also into gaps that were left
/// before. Among the timetables that come of all orders of the list is a cheapest one; with n jobs
/// one takes about n³ steps, so this is for few jobs only.
final class SerialSchedule {
    private static final int MOST_WINDOWS = 10_000;
    private static final int ANY = 0;
    private static final int LANE = 1;
    private static final int HA_GROUP = 2;

    private final Instance in;
    private final List<Job> jobs;
    private final long[] starts;
    private final int[] order;
    private int placed;

    private SerialSchedule(Instance in) {
        this.in = in;
        jobs = in.jobs();
        starts = new long[jobs.size()];
        order = new int[jobs.size()];
        Arrays.fill(starts, Timetable.NEVER);
    }

    /// @param order all numbers of jobs; one that comes before others it has to follow is taken
    ///   when those are done
    static Timetable of(Instance in, List<Integer> order) {
        SerialSchedule schedule = new SerialSchedule(in);
        schedule.run(order);
        return new Timetable(in, schedule.starts);
    }

    private void run(List<Integer> list) {
        for (int i = 0; i < jobs.size(); i++) {
            if (jobs.get(i).begun()) {
                place(i, 0);
            }
        }
        long from = in.wavesFrom();
        for (int wave : jobs.stream().map(Job::wave).distinct().sorted().toList()) {
            List<Integer> left = new ArrayList<>();
            list.stream()
                    .filter(job -> jobs.get(job).wave() == wave && !jobs.get(job).begun())
                    .forEach(left::add);
            for (Optional<Integer> next = next(left); next.isPresent(); next = next(left)) {
                int job = next.get();
                left.removeIf(each -> each == job);
                place(job, earliest(job, from));
            }
            long over = from;
            for (int i = 0; i < jobs.size(); i++) {
                if (jobs.get(i).wave() == wave) {
                    if (starts[i] == Timetable.NEVER) {
                        return;
                    }
                    over = Math.max(over, starts[i] + jobs.get(i).takes());
                }
            }
            from = over + in.soak();
        }
    }

    private Optional<Integer> next(List<Integer> left) {
        return left.stream()
                .filter(job -> jobs.get(job).notPlanned().isEmpty())
                .filter(
                        job ->
                                jobs.get(job).before().stream()
                                        .allMatch(before -> starts[before] != Timetable.NEVER))
                .findFirst();
    }

    private void place(int job, long start) {
        starts[job] = start;
        if (start != Timetable.NEVER) {
            order[placed++] = job;
        }
    }

    /// The first second at which the job can begin: one at which its group opens or another job
    /// ends.
    private long earliest(int number, long from) {
        Job job = jobs.get(number);
        long at = from;
        for (int before : job.before()) {
            at = Math.max(at, starts[before] + jobs.get(before).takes());
        }
        for (int i = 0; i < MOST_WINDOWS; i++) {
            Optional<Windows.Span> span = in.lanes().get(job.lane()).windows().next(at);
            if (span.isEmpty()) {
                return Timetable.NEVER;
            }
            at = Math.max(at, span.get().from());
            while (at < span.get().to()) {
                long wait = fits(job, at);
                if (wait <= at) {
                    return at;
                }
                at = wait;
            }
        }
        return Timetable.NEVER;
    }

    /// `at` if the job can be in work from then on; else the next second at which to look again.
    private long fits(Job job, long at) {
        long until = at + job.takes();
        long again = wait(at, until, in.atOnce(), ANY, 0);
        again = Math.max(again, wait(at, until, budget(job), LANE, job.lane()));
        return job.haGroup() < 0
                ? again
                : Math.max(again, wait(at, until, in.slots(job), HA_GROUP, job.haGroup()));
    }

    private int budget(Job job) {
        return in.lanes().get(job.lane()).budget();
    }

    /// `at` if fewer than `most` of the jobs that count are in work at any one time until then;
    /// else when the first of those that are too many ends.
    private long wait(long at, long until, int most, int what, int which) {
        if (placed >= most) {
            for (int i = 0; i < placed; i++) {
                int peak = order[i];
                if (starts[peak] < until && end(peak) > at && counts(peak, what, which)) {
                    long ends = full(Math.max(at, starts[peak]), most, what, which);
                    if (ends > at) {
                        return ends;
                    }
                }
            }
        }
        return at;
    }

    /// When the first job ends of those that are in work at `then`, if they are `most` or more.
    private long full(long then, int most, int what, int which) {
        int busy = 0;
        long ends = Long.MAX_VALUE;
        for (int i = 0; i < placed; i++) {
            int other = order[i];
            if (starts[other] <= then && end(other) > then && counts(other, what, which)) {
                busy++;
                ends = Math.min(ends, end(other));
            }
        }
        return busy >= most ? ends : Timetable.NEVER;
    }

    private boolean counts(int job, int what, int which) {
        return what == ANY
                || which == (what == LANE ? jobs.get(job).lane() : jobs.get(job).haGroup());
    }

    private long end(int job) {
        return starts[job] + jobs.get(job).takes();
    }
}
