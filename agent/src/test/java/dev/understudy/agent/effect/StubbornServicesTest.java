package dev.understudy.agent.effect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.system.BootedHost;
import dev.understudy.agent.system.Units;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Services without a bound for their stop, on a host where systemd runs: one that refuses the
/// first time, as redis does while its disk is full, and one that always refuses.
@Tag("slow")
class StubbornServicesTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private @Nullable BootedHost host;

    @BeforeEach
    void boot(@TempDir Path folder) throws Exception {
        String unavailable = BootedHost.unavailable();
        assumeTrue(unavailable.isEmpty(), unavailable);
        host =
                new BootedHost(
                        folder,
                        Map.of(
                                "refuses-once.service",
                                service("trap 'trap \"exit 0\" TERM' TERM"),
                                "refuses-always.service",
                                service("trap : TERM")));
        for (int look = 0; look < 300; look++) {
            // Not even systemd answers at once.
            List<Units.Unit> units =
                    Units.list(host(), List.of("refuses-once.service", "refuses-always.service"))
                            .orElse(List.of());
            if (units.stream().filter(unit -> unit.active().equals("active")).count() == 2) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("the services did not start");
    }

    private static String service(String trap) {
        return """
               [Service]
               Type=notify
               NotifyAccess=all
               TimeoutStopSec=infinity
               ExecStart=/bin/bash -c "%s; systemd-notify --ready; while :; do sleep 0.1; done"
               """
                .formatted(trap.replace("\"", "\\\""));
    }

    @AfterEach
    void remove() throws Exception {
        if (host != null) {
            host.remove();
        }
    }

    @Test
    void aServiceThatRefusesOnceIsAskedAgainAndNotKilled() throws Exception {
        Units.Unit before = unit("refuses-once.service");
        RestartFirmly.Outcome outcome =
                new RestartFirmly(host(), SECOND, LIMIT)
                        .restart(List.of("refuses-once.service"), LIMIT);
        assertThat(outcome.output().succeeded()).as(outcome.output().tail()).isTrue();
        assertThat(outcome.killed()).isEmpty();
        runsAnew(before);
    }

    @Test
    void aServiceThatAlwaysRefusesIsKilledAndStartedAgain() throws Exception {
        Units.Unit before = unit("refuses-always.service");
        RestartFirmly.Outcome outcome =
                new RestartFirmly(host(), SECOND, SECOND)
                        .restart(List.of("refuses-always.service"), LIMIT);
        assertThat(outcome.output().timedOut()).isFalse();
        assertThat(outcome.killed())
                .containsExactly("refuses-always.service did not stop within 1 s and was killed");
        runsAnew(before);
    }

    private void runsAnew(Units.Unit before) throws Exception {
        Units.Unit now = unit(before.name());
        assertThat(now.active()).isEqualTo("active");
        assertThat(now.mainPid()).isNotEqualTo(before.mainPid());
    }

    private Units.Unit unit(String name) throws InterruptedException {
        return Units.list(host(), List.of(name)).orElseThrow().getFirst();
    }

    private BootedHost host() {
        if (host == null) {
            throw new IllegalStateException("no host was booted");
        }
        return host;
    }
}
