package dev.understudy.bench.schedule;

import dev.understudy.fleet.Freeze;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.MaintenanceWindow;
import dev.understudy.rollout.CalendarWindows;
import dev.understudy.rollout.schedule.Instance;
import dev.understudy.rollout.schedule.Job;
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

/// A fleet that does not exist, with all that limits when its hosts may be patched. Its windows are
/// those of the server's own calendar; every other fleet's plan runs over a day on which a clock is
/// put.
record RandomFleet(Instant now, MaintenanceCalendar calendar, Instance instance) {
    private static final String[] ZONES = {
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"
    };
    private static final String[] PUT = {
        "2027-03-26T18:00:00Z",
        "2026-10-23T07:30:00Z",
        "2027-11-05T22:00:00Z",
        "2027-04-02T12:00:00Z"
    };

    /// How large it is, and what limits it.
    ///
    /// @param groups how many groups; with windows every other one has some
    /// @param atOnce how many hosts may be in work at once
    /// @param budget the same within a group
    /// @param haPercent of hosts that are in HA groups, of 2 to 6 hosts
    /// @param afterPercent of hosts that come after another
    record Shape(
            int hosts,
            int groups,
            boolean windows,
            int atOnce,
            int budget,
            int haPercent,
            int afterPercent,
            int waves) {}

    static RandomFleet of(Shape shape, long seed) {
        Random random = new Random(seed);
        Instant now =
                random.nextBoolean()
                        ? Instant.parse(PUT[random.nextInt(PUT.length)])
                        : Instant.parse("2027-06-14T01:02:00Z");
        MaintenanceCalendar calendar =
                shape.windows() ? calendar(random, now, shape.groups()) : MaintenanceCalendar.EMPTY;
        List<Instance.Lane> lanes = new ArrayList<>();
        for (int i = 0; i < shape.groups(); i++) {
            Windows windows =
                    shape.windows() ? new CalendarWindows(calendar, "g" + i, now) : Windows.ALWAYS;
            lanes.add(new Instance.Lane(windows, shape.budget()));
        }
        List<Integer> slots = new ArrayList<>();
        List<Job> jobs = jobs(random, shape, slots);
        return new RandomFleet(
                now, calendar, new Instance(jobs, lanes, slots, shape.atOnce(), 3600, 0));
    }

    private static List<Job> jobs(Random random, Shape shape, List<Integer> slots) {
        List<Job> jobs = new ArrayList<>();
        int left = 0;
        int lane = 0;
        for (int i = 0; i < shape.hosts(); i++) {
            if (left == 0) {
                lane = random.nextInt(shape.groups());
                boolean ha = random.nextInt(100) < shape.haPercent();
                left = ha ? 2 + random.nextInt(5) : 1;
                if (ha) {
                    slots.add(Math.max(1, left / 3));
                }
            }
            boolean ha = left > 1 || (i > 0 && jobs.getLast().haGroup() == slots.size() - 1);
            left--;
            int wave = 1 + (int) ((long) shape.waves() * i / shape.hosts());
            boolean after = i > 0 && random.nextInt(100) < shape.afterPercent();
            jobs.add(
                    new Job(
                            lane,
                            ha && !slots.isEmpty() ? slots.size() - 1 : -1,
                            wave,
                            1 + Math.round(20 * Math.exp(1.2 * random.nextGaussian())),
                            60L * (2 + random.nextInt(19)),
                            Long.MAX_VALUE,
                            after ? List.of(random.nextInt(i)) : List.of(),
                            false,
                            ""));
        }
        return jobs;
    }

    private static MaintenanceCalendar calendar(Random random, Instant now, int groups) {
        List<MaintenanceWindow> windows = new ArrayList<>();
        List<Freeze> freezes = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            ZoneId zone = ZoneId.of(ZONES[random.nextInt(ZONES.length)]);
            for (int k = random.nextInt(3); k > 0; k--) {
                windows.add(
                        new MaintenanceWindow(
                                new UUID(i, k),
                                "g" + i,
                                "w" + k,
                                zone,
                                LocalDate.ofInstant(now, zone)
                                        .minusDays(random.nextInt(9))
                                        .atTime(random.nextInt(24), 15 * random.nextInt(4)),
                                random.nextBoolean() ? "FREQ=DAILY" : "FREQ=WEEKLY;BYDAY=TU,SA,SU",
                                random.nextInt(3),
                                Duration.ofMinutes(60L * (1 + random.nextInt(8)))));
            }
            if (random.nextInt(5) == 0) {
                Instant from = now.plusSeconds(60L * random.nextInt(3_000));
                freezes.add(
                        new Freeze(
                                new UUID(9, i),
                                "g" + i,
                                from,
                                from.plusSeconds(60L * (1 + random.nextInt(3_000))),
                                "Busy.",
                                "token:ann",
                                null,
                                ""));
            }
        }
        return new MaintenanceCalendar(windows, freezes);
    }

    /// What a plan for it does not keep to, by the calendar itself and by its times.
    List<String> violations(Timetable timetable) {
        List<String> found = new ArrayList<>(Violations.of(instance, timetable));
        for (int i = 0; i < instance.jobs().size(); i++) {
            if (!timetable.planned(i)) {
                found.add("job %d is not planned".formatted(i));
                continue;
            }
            Instant begins = now.plusSeconds(timetable.start(i));
            if (!calendar.opening("g" + instance.jobs().get(i).lane(), begins).mayBegin(begins)) {
                found.add("job %d begins at %s, outside its windows".formatted(i, begins));
            }
        }
        return found;
    }
}
