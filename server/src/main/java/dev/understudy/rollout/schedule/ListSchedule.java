package dev.understudy.rollout.schedule;

import dev.understudy.rollout.schedule.Windows.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;

/// List scheduling: whenever something may be begun, the first job of a list that may is. A job
/// that its HA group keeps waiting is set aside until a place is free, and a group that is closed
/// or has used up its budget until that changes, so that each job is looked at a few times only,
/// however many there are.
final class ListSchedule {
    private final Instance in;
    private final List<Job> jobs;
    private final int[] rank;
    private final long[] starts;
    private final int[] undone;
    private final boolean[] released;
    private final List<List<Integer>> followers;
    private final LaneState[] lanes;
    private final HaState[] haGroups;
    private final TreeMap<Integer, Wave> waves = new TreeMap<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at));
    private final PriorityQueue<Offer> offers =
            new PriorityQueue<>(Comparator.comparingInt(Offer::rank));
    private long now;
    private int atWork;

    private record Event(long at, Runnable happens) {}

    /// A lane whose first job has this rank; out of date if it no longer has.
    private record Offer(int rank, LaneState lane) {}

    private static final class Wave {
        int left;
        final List<Integer> waiting = new ArrayList<>();
    }

    private final class LaneState {
        final Windows windows;
        final int budget;
        final PriorityQueue<Integer> ready =
                new PriorityQueue<>(Comparator.comparingInt(job -> rank[job]));
        int atWork;
        long openTo;
        boolean opens;

        LaneState(Instance.Lane lane) {
            windows = lane.windows();
            budget = lane.budget();
        }

        boolean mayBegin() {
            return !ready.isEmpty() && atWork < budget && now < openTo;
        }

        void offer() {
            if (ready.isEmpty() || atWork >= budget) {
                return;
            }
            if (now < openTo) {
                offers.add(new Offer(rank[ready.element()], this));
            } else if (!opens) {
                windows.next(now).ifPresent(this::openAt);
            }
        }

        private void openAt(Span span) {
            opens = true;
            events.add(
                    new Event(
                            Math.max(now, span.from()),
                            () -> {
                                opens = false;
                                openTo = span.to();
                                offer();
                            }));
        }
    }

    private final class HaState {
        int free;
        final TreeMap<Integer, PriorityQueue<Integer>> aside = new TreeMap<>();

        void setAside(int job) {
            aside.computeIfAbsent(
                            jobs.get(job).lane(),
                            _ -> new PriorityQueue<>(Comparator.comparingInt(j -> rank[j])))
                    .add(job);
        }

        /// The first of each lane may try again.
        void bringBack() {
            if (free > 0) {
                aside.values().stream()
                        .filter(queue -> !queue.isEmpty())
                        .map(PriorityQueue::remove)
                        .toList()
                        .forEach(ListSchedule.this::ready);
            }
        }
    }

    private ListSchedule(Instance in, List<Integer> order) {
        this.in = in;
        this.jobs = in.jobs();
        rank = new int[jobs.size()];
        for (int i = 0; i < order.size(); i++) {
            rank[order.get(i)] = i;
        }
        starts = new long[jobs.size()];
        Arrays.fill(starts, Timetable.NEVER);
        undone = new int[jobs.size()];
        released = new boolean[jobs.size()];
        followers = new ArrayList<>(jobs.size());
        lanes = in.lanes().stream().map(LaneState::new).toArray(LaneState[]::new);
        haGroups = new HaState[in.haSlots().size()];
        for (int i = 0; i < haGroups.length; i++) {
            haGroups[i] = new HaState();
            haGroups[i].free = in.haSlots().get(i);
        }
    }

    /// @param order all numbers of jobs, the first to be preferred
    static Timetable of(Instance in, List<Integer> order) {
        ListSchedule schedule = new ListSchedule(in, order);
        schedule.run();
        return new Timetable(in, schedule.starts);
    }

    private void run() {
        for (int i = 0; i < jobs.size(); i++) {
            followers.add(List.of());
        }
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            waves.computeIfAbsent(job.wave(), _ -> new Wave()).left++;
            for (int before : job.before()) {
                if (followers.get(before).isEmpty()) {
                    followers.set(before, new ArrayList<>());
                }
                followers.get(before).add(i);
                undone[i]++;
            }
            if (job.begun()) {
                begin(i);
            } else if (job.notPlanned().isEmpty()) {
                waves.get(job.wave()).waiting.add(i);
            }
        }
        nextWave(in.wavesFrom());
        while (!events.isEmpty()) {
            now = Math.max(now, events.element().at());
            while (!events.isEmpty() && events.element().at() <= now) {
                events.remove().happens().run();
            }
            dispatch();
        }
    }

    /// Lets the first wave begin; the others wait for the one before them.
    private void nextWave(long at) {
        if (!waves.isEmpty()) {
            Wave first = waves.firstEntry().getValue();
            events.add(
                    new Event(
                            at,
                            () -> {
                                for (int job : first.waiting) {
                                    released[job] = true;
                                    if (undone[job] == 0) {
                                        ready(job);
                                    }
                                }
                            }));
        }
    }

    private void ready(int job) {
        LaneState lane = lanes[jobs.get(job).lane()];
        lane.ready.add(job);
        lane.offer();
    }

    private void dispatch() {
        while (atWork < in.atOnce() && !offers.isEmpty()) {
            Offer offer = offers.remove();
            LaneState lane = offer.lane();
            if (!lane.mayBegin()) {
                lane.offer();
                continue;
            }
            if (rank[lane.ready.element()] != offer.rank()) {
                continue;
            }
            int job = lane.ready.remove();
            int haGroup = jobs.get(job).haGroup();
            if (haGroup >= 0 && haGroups[haGroup].free <= 0) {
                haGroups[haGroup].setAside(job);
            } else {
                begin(job);
                if (haGroup >= 0) {
                    haGroups[haGroup].bringBack();
                }
            }
            lane.offer();
        }
    }

    private void begin(int number) {
        Job job = jobs.get(number);
        starts[number] = now;
        atWork++;
        lanes[job.lane()].atWork++;
        if (job.haGroup() >= 0) {
            haGroups[job.haGroup()].free--;
        }
        events.add(new Event(now + job.takes(), () -> done(number)));
    }

    private void done(int number) {
        Job job = jobs.get(number);
        atWork--;
        lanes[job.lane()].atWork--;
        if (job.haGroup() >= 0) {
            haGroups[job.haGroup()].free++;
            haGroups[job.haGroup()].bringBack();
        }
        lanes[job.lane()].offer();
        Objects.requireNonNull(waves.get(job.wave())).left--;
        for (int follower : followers.get(number)) {
            undone[follower]--;
            if (undone[follower] == 0 && released[follower]) {
                ready(follower);
            }
        }
        boolean over = false;
        while (!waves.isEmpty() && waves.firstEntry().getValue().left == 0) {
            waves.pollFirstEntry();
            over = true;
        }
        if (over) {
            nextWave(now + in.soak());
        }
    }
}
