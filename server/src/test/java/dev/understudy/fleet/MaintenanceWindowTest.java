package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.MaintenanceWindow.Span;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaintenanceWindowTest {
    private static MaintenanceWindow window(
            String zone, String start, String rule, int shift, String duration) {
        return new MaintenanceWindow(
                new UUID(0, 1),
                "web",
                "night",
                ZoneId.of(zone),
                LocalDateTime.parse(start),
                rule,
                shift,
                Duration.parse(duration));
    }

    private static List<Instant> starts(MaintenanceWindow window, String at, int limit) {
        return window.from(Instant.parse(at), limit).stream().map(Span::from).toList();
    }

    @Test
    void theSecondTuesdayPlusThree() {
        // November 2026 begins on a Sunday, so its second Tuesday is the 10th; December's the 8th.
        MaintenanceWindow window =
                window("UTC", "2026-01-13T22:00:00", "FREQ=MONTHLY;BYDAY=2TU", 3, "PT4H");
        assertThat(starts(window, "2026-11-01T00:00:00Z", 2))
                .containsExactly(
                        Instant.parse("2026-11-13T22:00:00Z"),
                        Instant.parse("2026-12-11T22:00:00Z"));
    }

    @Test
    void aWindowThatBeganBeforeIsStillOpen() {
        MaintenanceWindow window =
                window("UTC", "2026-11-07T22:00:00", "FREQ=WEEKLY;BYDAY=SA", 0, "PT6H");
        Span now = window.from(Instant.parse("2026-11-29T03:59:59Z"), 1).getFirst();
        assertThat(now.from()).isEqualTo(Instant.parse("2026-11-28T22:00:00Z"));
        assertThat(window.at(Instant.parse("2026-11-29T03:59:59Z"))).contains(now);
        assertThat(window.at(Instant.parse("2026-11-29T04:00:00Z"))).isEmpty();
        assertThat(window.at(Instant.parse("2026-11-28T21:59:59Z"))).isEmpty();
    }

    /// Berlin puts the clock from 02:00 to 03:00 on 28 March 2027, and back on 31 October 2027.
    @ParameterizedTest
    @CsvSource({
        // The day before, the day on which 02:30 does not exist, the day after.
        "2027-03-27T00:00:00Z, 2027-03-27T01:30:00Z",
        "2027-03-28T00:00:00Z, 2027-03-28T01:30:00Z",
        "2027-03-29T00:00:00Z, 2027-03-29T00:30:00Z",
        // On the day on which 02:30 comes twice the first counts: summer time.
        "2027-10-30T00:00:00Z, 2027-10-30T00:30:00Z",
        "2027-10-31T00:00:00Z, 2027-10-31T00:30:00Z",
        "2027-10-31T12:00:00Z, 2027-11-01T01:30:00Z"
    })
    void opensOnceOnDaysOnWhichTheClockIsPut(String at, String opens) {
        MaintenanceWindow daily =
                window("Europe/Berlin", "2026-01-01T02:30:00", "FREQ=DAILY", 0, "PT2H");
        Span next = daily.from(Instant.parse(at), 1).getFirst();
        assertThat(next).isEqualTo(new Span(Instant.parse(opens), next.to()));
        assertThat(Duration.between(next.from(), next.to())).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void lordHoweShiftsByHalfAnHour() {
        MaintenanceWindow daily =
                window("Australia/Lord_Howe", "2026-01-01T02:15:00", "FREQ=DAILY", 0, "PT1H");
        // On 4 October 2026 the clock goes from 02:00 to 02:30: 02:15 is told as 02:45, +11:00.
        assertThat(starts(daily, "2026-10-03T15:00:00Z", 1))
                .containsExactly(Instant.parse("2026-10-03T15:45:00Z"));
    }

    /// Against days counted one by one, over zones, rules and years that a seed chooses.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void equalsCountingDays(long seed) {
        Random random = new Random(seed);
        List<String> zones =
                List.of(
                        "UTC",
                        "Europe/Berlin",
                        "America/New_York",
                        "Australia/Lord_Howe",
                        "Asia/Kathmandu",
                        "America/St_Johns",
                        "Pacific/Apia");
        for (int i = 0; i < 40; i++) {
            ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            DayOfWeek day = DayOfWeek.of(1 + random.nextInt(7));
            int nth = random.nextInt(5);
            LocalTime time = LocalTime.of(random.nextInt(24), random.nextInt(60));
            LocalDate first = LocalDate.of(2020 + random.nextInt(6), 1 + random.nextInt(12), 1);
            int shift = random.nextInt(8);
            Duration duration = Duration.ofMinutes(5 + random.nextInt(3000));
            String code = day.name().substring(0, 2);
            String rule =
                    nth == 0 ? "FREQ=WEEKLY;BYDAY=" + code : "FREQ=MONTHLY;BYDAY=" + nth + code;
            MaintenanceWindow window =
                    new MaintenanceWindow(
                            new UUID(0, i),
                            "web",
                            "w",
                            zone,
                            LocalDateTime.of(matches(first, day, nth), time),
                            rule,
                            shift,
                            duration);
            Instant at =
                    first.plusDays(random.nextInt(900))
                            .atTime(random.nextInt(24), 17)
                            .toInstant(java.time.ZoneOffset.UTC);
            List<Span> expected = new ArrayList<>();
            for (LocalDate on = window.start().toLocalDate(); expected.size() < 4; ) {
                Instant from = ZonedDateTime.of(on.plusDays(shift), time, zone).toInstant();
                if (from.plus(duration).isAfter(at)) {
                    expected.add(new Span(from, from.plus(duration)));
                }
                on =
                        nth == 0
                                ? on.plusWeeks(1)
                                : matches(on.plusMonths(1).withDayOfMonth(1), day, nth);
            }
            assertThat(window.from(at, 4)).as("%s at %s", window, at).isEqualTo(expected);
        }
    }

    private static LocalDate matches(LocalDate from, DayOfWeek day, int nth) {
        return nth == 0
                ? from.with(TemporalAdjusters.nextOrSame(day))
                : from.with(TemporalAdjusters.dayOfWeekInMonth(nth, day));
    }

    @Test
    void oneThatIsOverOpensNoMore() {
        MaintenanceWindow once = window("UTC", "2026-11-01T00:00:00", "", 0, "PT1H");
        assertThat(starts(once, "2026-11-01T00:30:00Z", 3)).hasSize(1);
        assertThat(starts(once, "2026-11-01T01:00:00Z", 3)).isEmpty();
        MaintenanceWindow ended =
                window(
                        "Europe/Berlin",
                        "2026-11-01T00:00:00",
                        "FREQ=DAILY;UNTIL=20261103T000000",
                        0,
                        "PT1H");
        assertThat(starts(ended, "2026-10-01T00:00:00Z", 9)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "every Saturday",
                "FREQ=SECONDLY",
                "FREQ=HOURLY",
                "FREQ=DAILY;BYHOUR=1,2,3",
                "FREQ=WEEKLY;BYDAY=XX",
                "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
                "FREQ=DAILY;UNTIL=20260101T000000",
                "FREQ=DAILY;UNTIL=20271231T000000Z",
                "FREQ=DAILY;INTERVAL=0"
            })
    void aRuleThatCannotBeIsRefusedByName(String rule) {
        assertThatThrownBy(() -> window("UTC", "2026-11-01T00:00:00", rule, 0, "PT1H"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(rule.substring(0, 8));
    }

    @Test
    void durationsAndShiftsHaveBounds() {
        for (String duration : List.of("PT4M", "PT0S", "-PT1H", "P8D")) {
            assertThatThrownBy(() -> window("UTC", "2026-11-01T00:00:00", "", 0, duration))
                    .hasMessageContaining("duration");
        }
        assertThatThrownBy(() -> window("UTC", "2026-11-01T00:00:00", "", 32, "PT1H"))
                .hasMessageContaining("32 days");
    }
}
