package dev.understudy.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.health.HealthSample.Answer;
import dev.understudy.agent.health.HealthSample.Probed;
import dev.understudy.agent.system.Units.Unit;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.ListeningSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    private static final ListeningSocket PORT_80 =
            new ListeningSocket("tcp", "0.0.0.0", 80, "nginx", "nginx.service");
    private static final HealthSample WELL =
            sample(
                    List.of(unit("nginx.service", "active", 0, "a")),
                    List.of(PORT_80),
                    List.of(answer("http 200")));

    @Test
    void findsAnEqualSampleHealthy() {
        assertThat(HealthChecks.compare(WELL, WELL))
                .isNotEmpty()
                .allMatch(check -> check.health() == Health.HEALTHY);
    }

    @Test
    void takesWhatCouldNotBeReadBeforeForUnknownAlsoWhereItCannotBeReadAfterwards() {
        HealthSample blind =
                new HealthSample(
                        true,
                        true,
                        WELL.units(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of("/proc/net/tcp cannot be read: garbled"));
        for (HealthSample before : List.of(blind, WELL)) {
            assertThat(HealthChecks.compare(before, blind))
                    .filteredOn(check -> check.health() == Health.UNKNOWN)
                    .singleElement()
                    .satisfies(check -> assertThat(check.detail()).contains("garbled"));
        }
        assertThat(HealthChecks.compare(blind, WELL))
                .anyMatch(check -> check.health() == Health.UNKNOWN);
    }

    @Test
    void waitsInATwinForServicesThatRunAndDoNotListenYetOnly() {
        List<Unit> running = List.of(unit("nginx.service", "active", 0, "b"));
        List<Unit> stopped = List.of(unit("nginx.service", "inactive", 0, "b"));

        assertThat(Comparison.isLate(WELL, sample(running, List.of(), List.of()))).isTrue();
        assertThat(Comparison.isLate(WELL, sample(running, List.of(PORT_80), List.of()))).isFalse();
        assertThat(Comparison.isLate(WELL, sample(stopped, List.of(), List.of()))).isFalse();
    }

    @Test
    void findsAStoppedServiceUnhealthy() {
        HealthSample after =
                sample(List.of(unit("nginx.service", "failed", 0, "b")), List.of(), List.of());

        assertThat(unhealthy(WELL, after))
                .extracting(CheckResult::check)
                .containsExactlyInAnyOrder("unit", "socket", "http");
    }

    @Test
    void findsACrashLoopUnhealthyThoughTheUnitIsActive() {
        HealthSample after =
                sample(
                        List.of(unit("nginx.service", "active", 3, "b")),
                        List.of(PORT_80),
                        List.of(answer("http 200")));

        assertThat(unhealthy(WELL, after))
                .singleElement()
                .satisfies(check -> assertThat(check.detail()).contains("3 times"));
    }

    @Test
    void doesNotHoldItsOwnDeathAgainstTheChange() {
        HealthSample before =
                sample(
                        List.of(unit("understudy-agent.service", "active", 0, "a")),
                        List.of(),
                        List.of());
        HealthSample after =
                sample(
                        List.of(unit("understudy-agent.service", "active", 1, "b")),
                        List.of(),
                        List.of());

        assertThat(unhealthy(before, after)).isEmpty();
    }

    @Test
    void doesNotHoldOldRestartsAgainstTheChange() {
        HealthSample before =
                sample(List.of(unit("nginx.service", "active", 3, "a")), List.of(), List.of());

        assertThat(unhealthy(before, before)).isEmpty();
    }

    @Test
    void findsANewlyFailedUnitButNotOneThatFailedBefore() {
        HealthSample before =
                sample(List.of(unit("old.service", "failed", 0, "a")), List.of(), List.of());
        HealthSample after =
                sample(
                        List.of(
                                unit("old.service", "failed", 0, "a"),
                                unit("new.service", "failed", 0, "b")),
                        List.of(),
                        List.of());

        assertThat(unhealthy(before, after))
                .extracting(CheckResult::subject)
                .containsExactly("new.service");
    }

    @ParameterizedTest
    @CsvSource({
        "http 200, http 200, true",
        "http 200, http 301, false",
        "http 301, http 200, true",
        "http 200, http 500, false",
        "http 500, http 500, true",
        "http 500, http 200, true",
        "http 404, http 503, false",
        "http 200, silent, false",
        "http 200, refused: timeout, false",
        "ssh, ssh, true",
        "ssh, silent, false",
        "redis, http 200, false",
    })
    void comparesAnswers(String before, String after, boolean asGood) {
        assertThat(Comparison.asGood(before, after)).isEqualTo(asGood);
    }

    @Test
    void letsAServiceThatIsStartedOnDemandRest() {
        Unit active =
                new Unit(
                        "hostnamed.service",
                        "active",
                        "running",
                        "static",
                        "dbus",
                        "success",
                        0,
                        9,
                        "a",
                        true,
                        true);
        Unit resting =
                new Unit(
                        "hostnamed.service",
                        "inactive",
                        "dead",
                        "static",
                        "dbus",
                        "success",
                        0,
                        0,
                        "",
                        true,
                        true);

        assertThat(
                        unhealthy(
                                sample(List.of(active), List.of(), List.of()),
                                sample(List.of(resting), List.of(), List.of())))
                .isEmpty();
    }

    @Test
    void takesAnotherPortByChanceForTheSame() {
        ListeningSocket then =
                new ListeningSocket("tcp", "0.0.0.0", 40_001, "rpc.statd", "s.service");
        ListeningSocket now =
                new ListeningSocket("tcp", "0.0.0.0", 50_001, "rpc.statd", "s.service");

        assertThat(
                        unhealthy(
                                sample(List.of(), List.of(then), List.of()),
                                sample(List.of(), List.of(now), List.of())))
                .isEmpty();
    }

    @Test
    void neverTakesAProbeThatProvesNothingForHealthy() {
        HealthSample before = withProbe(Health.UNHEALTHY);

        assertThat(HealthChecks.compare(before, withProbe(Health.UNHEALTHY)))
                .anyMatch(c -> c.check().equals("probe") && c.health() == Health.UNKNOWN);
        assertThat(HealthChecks.compare(before, withProbe(Health.UNKNOWN)))
                .anyMatch(c -> c.check().equals("probe") && c.health() == Health.UNKNOWN);
        assertThat(HealthChecks.compare(before, sample(List.of(), List.of(), List.of())))
                .anyMatch(c -> c.check().equals("probe") && c.health() == Health.UNKNOWN);
        assertThat(HealthChecks.compare(withProbe(Health.HEALTHY), withProbe(Health.UNHEALTHY)))
                .anyMatch(c -> c.check().equals("probe") && c.health() == Health.UNHEALTHY);
    }

    @Test
    void doesNotTakeSilenceOfSystemdForHealth() {
        HealthSample after =
                new HealthSample(
                        false,
                        true,
                        List.of(),
                        List.of(PORT_80),
                        List.of(answer("http 200")),
                        List.of(),
                        List.of(),
                        List.of("systemd does not answer"));

        assertThat(HealthChecks.compare(WELL, after))
                .filteredOn(check -> check.health() == Health.UNKNOWN)
                .hasSize(2);
    }

    private static List<CheckResult> unhealthy(HealthSample before, HealthSample after) {
        return HealthChecks.compare(before, after).stream()
                .filter(check -> check.health() != Health.HEALTHY)
                .toList();
    }

    private static HealthSample withProbe(Health health) {
        return new HealthSample(
                true,
                true,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(new Probed("shop.json", health, "said so")),
                List.of());
    }

    private static HealthSample sample(
            List<Unit> units, List<ListeningSocket> sockets, List<Answer> answers) {
        return new HealthSample(
                true, true, units, sockets, answers, List.of(), List.of(), List.of());
    }

    private static Unit unit(String name, String active, int restarts, String invocation) {
        String result = active.equals("failed") ? "exit-code" : "success";
        return new Unit(
                name,
                active,
                "running",
                "enabled",
                "simple",
                result,
                restarts,
                7,
                invocation,
                true,
                false);
    }

    private static Answer answer(String answer) {
        return new Answer("0.0.0.0", 80, "nginx", answer);
    }
}
