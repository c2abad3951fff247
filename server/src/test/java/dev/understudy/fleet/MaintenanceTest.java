package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MaintenanceTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private Maintenance maintenance;
    private Instant now;

    @BeforeEach
    void empty() {
        TestFleet fleet = TestFleet.on(DATABASE.get(), clock);
        fleet.database.sql("truncate fleet.maintenance_windows, fleet.freezes").update();
        fleet.groups.put(Group.named("web"));
        maintenance = fleet.maintenance;
        now = clock.instant();
    }

    private MaintenanceWindow window(String name, Duration fromNow, Duration duration) {
        return maintenance.open(
                "token:ann",
                new Maintenance.Wanted(
                        "web",
                        name,
                        "UTC",
                        LocalDateTime.ofInstant(now.plus(fromNow), ZoneOffset.UTC),
                        "FREQ=WEEKLY",
                        0,
                        duration));
    }

    private Opening opening(Duration fromNow) {
        return maintenance.calendar().opening("web", now.plus(fromNow));
    }

    @Test
    void aGroupWithoutWindowsIsAlwaysOpen() {
        window("night", Duration.ofHours(1), Duration.ofHours(2));
        assertThat(maintenance.calendar().opening("db", now))
                .isEqualTo(new Opening.Open(null, null));
    }

    @Test
    void nothingIsBegunInTheLastQuarterHourOfAWindow() {
        MaintenanceWindow window = window("night", Duration.ofHours(1), Duration.ofHours(2));
        assertThat(maintenance.windows()).containsExactly(window);
        assertThat(opening(Duration.ZERO))
                .isEqualTo(new Opening.Closed(now.plus(Duration.ofHours(1)), "night"));
        Duration inside = Duration.ofMinutes(164);
        assertThat(opening(inside).mayBegin(now.plus(inside))).isTrue();
        Duration late = Duration.ofMinutes(166);
        assertThat(opening(late).mayBegin(now.plus(late))).isFalse();
        assertThat(opening(late).forbids("web", now.plus(late)).orElseThrow())
                .contains("nothing new is begun");
        assertThat(opening(Duration.ofHours(3)))
                .isEqualTo(new Opening.Closed(now.plus(Duration.ofDays(7).plusHours(1)), "night"));
    }

    @Test
    void windowsThatMeetAreOne() {
        window("early", Duration.ofHours(1), Duration.ofHours(2));
        window("late", Duration.ofHours(3), Duration.ofHours(1));
        assertThat(opening(Duration.ofHours(2)))
                .isInstanceOfSatisfying(
                        Opening.Open.class,
                        open -> assertThat(open.until()).isEqualTo(now.plus(Duration.ofHours(4))));
    }

    @Test
    void aFreezeClosesOpenWindowsAndEndsThemBefore() {
        window("day", Duration.ofHours(-1), Duration.ofHours(8));
        Freeze freeze =
                maintenance.freeze(
                        "token:ann",
                        "",
                        now.plus(Duration.ofHours(2)),
                        now.plus(Duration.ofHours(3)),
                        "Launch.");
        assertThat(opening(Duration.ZERO))
                .isInstanceOfSatisfying(
                        Opening.Open.class,
                        open ->
                                assertThat(Objects.requireNonNull(open.until()))
                                        .isEqualTo(freeze.from()));
        assertThat(opening(Duration.ofMinutes(150))).isEqualTo(new Opening.Frozen(freeze));
        assertThat(opening(Duration.ofMinutes(150)).forbids("web", now).orElseThrow())
                .contains("token:ann froze the fleet", "Launch.");
        assertThat(opening(Duration.ofMinutes(190)).mayBegin(now.plus(Duration.ofMinutes(190))))
                .isTrue();
        clock.pass(Duration.ofMinutes(150));
        maintenance.thaw("token:bob", freeze.id());
        assertThat(maintenance.calendar().opening("web", clock.instant()))
                .isInstanceOf(Opening.Open.class);
        assertThat(maintenance.freezes()).singleElement().returns("token:bob", Freeze::endedBy);
    }

    @Test
    void wrongWindowsAndFreezesSayWhatIsWrong() {
        MaintenanceWindow window = window("night", Duration.ZERO, Duration.ofHours(2));
        assertThatThrownBy(() -> window("night", Duration.ZERO, Duration.ofHours(2)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("'night' already");
        assertThatThrownBy(
                        () ->
                                maintenance.open(
                                        "token:ann",
                                        new Maintenance.Wanted(
                                                "web",
                                                "x",
                                                "Mars/Olympus",
                                                window.start(),
                                                "",
                                                0,
                                                window.duration())))
                .hasMessageContaining("Mars/Olympus");
        assertThatThrownBy(
                        () ->
                                maintenance.freeze(
                                        "token:ann", "nobody", now, now.plusSeconds(9), "x"))
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> maintenance.freeze("token:ann", "", now.plusSeconds(9), now, "x"))
                .hasMessageContaining("at no time");
        assertThatThrownBy(() -> maintenance.freeze("token:ann", "", now, now.plusSeconds(9), " "))
                .hasMessageContaining("Say why");
        maintenance.remove("token:ann", window.id());
        assertThatThrownBy(() -> maintenance.remove("token:ann", window.id()))
                .hasMessageContaining("understudy windows");
    }
}
