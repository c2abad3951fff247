package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Freeze;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.MaintenanceWindow;
import dev.understudy.rollout.schedule.Instance;
import dev.understudy.rollout.schedule.Job;
import dev.understudy.rollout.schedule.Schedule;
import dev.understudy.rollout.schedule.Timetable;
import dev.understudy.rollout.schedule.Violations;
import dev.understudy.rollout.schedule.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Plans of schedules, over random fleets, also on days on which the clock is put.
class ScheduleTest {
    private static final long HOUR = 3600;

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    private static Job job(int lane, int haGroup, double weight, long takes) {
        return new Job(lane, haGroup, 1, weight, takes, Long.MAX_VALUE, List.of(), false, "");
    }

    private static Instance.Lane always() {
        return new Instance.Lane(Windows.ALWAYS, Integer.MAX_VALUE);
    }

    @Test
    void theMostUrgentForItsTimeGoesFirst() {
        Instance in =
                new Instance(
                        List.of(job(0, -1, 1, 100), job(0, -1, 8, 400), job(0, -1, 3, 100)),
                        List.of(always()),
                        List.of(),
                        1,
                        0,
                        0);
        Schedule plan = Schedule.of(in);
        assertThat(plan.timetable().start(2)).isZero();
        assertThat(plan.timetable().start(1)).isEqualTo(100);
        assertThat(plan.timetable().start(0)).isEqualTo(500);
        assertThat(plan.gap()).isLessThan(1e-9);
    }

    @Test
    void membersOfAnHaGroupFollowEachOtherAndHostsComeAfterOthers() {
        Job last = new Job(0, -1, 1, 100, 60, Long.MAX_VALUE, List.of(1), false, "");
        Instance in =
                new Instance(
                        List.of(job(0, 0, 2, 60), job(0, 0, 1, 60), last),
                        List.of(always()),
                        List.of(1),
                        9,
                        0,
                        0);
        Timetable timetable = Schedule.of(in).timetable();
        assertThat(Violations.of(in, timetable)).isEmpty();
        assertThat(timetable.start(1)).isZero();
        assertThat(timetable.start(0)).isEqualTo(60);
        assertThat(timetable.start(2)).isEqualTo(60);
    }

    @Test
    void aDeadlineGoesBeforeUrgency() {
        Job due = new Job(0, -1, 1, 0.1, 600, 700, List.of(), false, "");
        Instance in =
                new Instance(
                        List.of(job(0, -1, 9, 600), job(0, -1, 5, 600), due),
                        List.of(always()),
                        List.of(),
                        1,
                        0,
                        0);
        Timetable timetable = Schedule.of(in).timetable();
        assertThat(timetable.start(2)).isZero();
        assertThat(timetable.late()).isZero();
    }

    @Test
    void whatCannotBePlannedKeepsLaterWavesFromBeginning() {
        Job stuck = new Job(0, -1, 1, 1, 60, Long.MAX_VALUE, List.of(), false, "It has no window.");
        Job later = new Job(0, -1, 2, 1, 60, Long.MAX_VALUE, List.of(), false, "");
        Instance in =
                new Instance(
                        List.of(job(0, -1, 1, 60), stuck, later),
                        List.of(always()),
                        List.of(),
                        9,
                        0,
                        0);
        Timetable timetable = Schedule.of(in).timetable();
        assertThat(timetable.planned(0)).isTrue();
        assertThat(timetable.planned(1)).isFalse();
        assertThat(timetable.planned(2)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsToEveryLimitAndIsNoCheaperThanTheBound(int seed) {
        Random random = new Random(seed);
        Instant now = start(random);
        int groups = 1 + random.nextInt(4);
        MaintenanceCalendar calendar = calendar(random, now, groups);
        List<Instance.Lane> lanes = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            lanes.add(
                    new Instance.Lane(
                            new CalendarWindows(calendar, "g" + i, now), 1 + random.nextInt(20)));
        }
        int haGroups = random.nextInt(12);
        List<Integer> slots =
                IntStream.range(0, haGroups).map(_ -> 1 + random.nextInt(3)).boxed().toList();
        int hosts = 2 + random.nextInt(random.nextBoolean() ? 40 : 400);
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            jobs.add(
                    new Job(
                            random.nextInt(groups),
                            random.nextInt(haGroups + 3) - 3 < 0 ? -1 : random.nextInt(haGroups),
                            1 + (random.nextInt(4) * i / hosts),
                            Math.exp(3 * random.nextGaussian()),
                            60 + random.nextInt(1800),
                            random.nextInt(5) > 0 ? Long.MAX_VALUE : random.nextInt(200) * HOUR,
                            List.of(),
                            false,
                            ""));
        }
        jobs = withSequence(random, jobs);
        Instance in =
                new Instance(jobs, lanes, slots, 1 + random.nextInt(30), random.nextInt(7200), 0);
        Schedule plan = Schedule.of(in);
        Timetable timetable = plan.timetable();
        assertThat(Violations.of(in, timetable)).isEmpty();
        for (int i = 0; i < hosts; i++) {
            assertThat(timetable.planned(i)).as("job %d", i).isTrue();
            Instant begins = now.plusSeconds(timetable.start(i));
            assertThat(calendar.opening("g" + jobs.get(i).lane(), begins).mayBegin(begins))
                    .as("job %d of group g%d at %s", i, jobs.get(i).lane(), begins)
                    .isTrue();
        }
        assertThat(plan.bound()).isLessThanOrEqualTo(plan.cost() * (1 + 1e-9)).isPositive();
    }

    /// A few days before the clock is put forward or back somewhere, or any other time.
    private static Instant start(Random random) {
        String day =
                switch (random.nextInt(5)) {
                    case 0 -> "2027-03-26T18:00:00Z";
                    case 1 -> "2026-10-23T07:30:11.25Z";
                    case 2 -> "2027-11-05T22:00:00Z";
                    case 3 -> "2027-04-02T12:00:00Z";
                    default -> "2027-06-14T01:02:03Z";
                };
        return Instant.parse(day).plusSeconds(random.nextInt(86_400));
    }

    private static MaintenanceCalendar calendar(Random random, Instant now, int groups) {
        List<MaintenanceWindow> windows = new ArrayList<>();
        List<Freeze> freezes = new ArrayList<>();
        String[] zones = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"};
        String[] rules = {"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=WEEKLY;BYDAY=TU,TH"};
        for (int i = 0; i < groups; i++) {
            for (int k = random.nextInt(3); k > 0; k--) {
                ZoneId zone = ZoneId.of(zones[random.nextInt(zones.length)]);
                windows.add(
                        new MaintenanceWindow(
                                new UUID(i, k),
                                "g" + i,
                                "w" + k,
                                zone,
                                LocalDate.ofInstant(now, zone)
                                        .minusDays(random.nextInt(9))
                                        .atTime(random.nextInt(24), 15 * random.nextInt(4)),
                                rules[random.nextInt(rules.length)],
                                random.nextInt(3),
                                Duration.ofMinutes(20 + random.nextInt(500))));
            }
            if (random.nextInt(4) == 0) {
                Instant from = now.plusSeconds(random.nextInt(200_000));
                freezes.add(
                        new Freeze(
                                new UUID(9, i),
                                random.nextBoolean() ? "" : "g" + i,
                                from,
                                from.plusSeconds(1 + random.nextInt(200_000)),
                                "Busy.",
                                "token:ann",
                                null,
                                ""));
            }
        }
        return new MaintenanceCalendar(windows, freezes);
    }

    private static List<Job> withSequence(Random random, List<Job> jobs) {
        List<Job> linked = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            int before = i == 0 ? -1 : random.nextInt(i);
            boolean follows =
                    before >= 0 && random.nextInt(5) == 0 && jobs.get(before).wave() <= job.wave();
            linked.add(
                    new Job(
                            job.lane(),
                            job.haGroup(),
                            job.wave(),
                            job.weight(),
                            job.takes(),
                            job.deadline(),
                            follows ? List.of(before) : List.of(),
                            false,
                            ""));
        }
        return linked;
    }
}
