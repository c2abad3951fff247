package dev.understudy.rollout.schedule;

import java.util.List;

/// What a schedule is made for.
///
/// @param lanes the groups of the hosts
/// @param haSlots how many hosts of each HA group may be in work at once
/// @param atOnce how many hosts may be in work at once
/// @param soak how long after a wave the next is begun, in seconds
/// @param wavesFrom when the first wave may begin, in seconds
public record Instance(
        List<Job> jobs,
        List<Lane> lanes,
        List<Integer> haSlots,
        int atOnce,
        long soak,
        long wavesFrom) {

    /// A group.
    ///
    /// @param budget how many of its hosts may be in work at once
    public record Lane(Windows windows, int budget) {}

    public Instance {
        jobs = List.copyOf(jobs);
        lanes = List.copyOf(lanes);
        haSlots = List.copyOf(haSlots);
    }

    long waves() {
        return jobs.stream().mapToInt(Job::wave).distinct().count();
    }

    /// How many hosts of a job's HA group may be in work at once.
    int slots(Job job) {
        return job.haGroup() < 0 ? Integer.MAX_VALUE : haSlots.get(job.haGroup());
    }
}
