package dev.understudy.rollout.schedule;

import java.util.Arrays;

/// When each job begins.
public final class Timetable {
    /// Instead of a beginning: it never does.
    public static final long NEVER = -1;

    private final Instance instance;
    private final long[] starts;

    Timetable(Instance instance, long[] starts) {
        this.instance = instance;
        this.starts = starts.clone();
    }

    /// Seconds at which the job begins; [#NEVER] if it does not.
    public long start(int job) {
        return starts[job];
    }

    /// Seconds at which the job is done; [#NEVER] if it does not begin.
    public long end(int job) {
        return starts[job] == NEVER ? NEVER : starts[job] + instance.jobs().get(job).takes();
    }

    public boolean planned(int job) {
        return starts[job] != NEVER;
    }

    /// Weighted waiting until every planned job is done.
    public double cost() {
        double cost = 0;
        for (int i = 0; i < starts.length; i++) {
            if (planned(i)) {
                cost += instance.jobs().get(i).weight() * end(i) / 3600.0;
            }
        }
        return cost;
    }

    /// How many planned jobs are done only after their deadline.
    public int late() {
        int late = 0;
        for (int i = 0; i < starts.length; i++) {
            late += planned(i) && end(i) > instance.jobs().get(i).deadline() ? 1 : 0;
        }
        return late;
    }

    int plannedJobs() {
        return (int) Arrays.stream(starts).filter(start -> start != NEVER).count();
    }

    /// Whether this is to be preferred: more jobs planned, else fewer late, else cheaper.
    boolean betterThan(Timetable other) {
        if (plannedJobs() != other.plannedJobs()) {
            return plannedJobs() > other.plannedJobs();
        }
        return late() != other.late() ? late() < other.late() : cost() < other.cost();
    }
}
