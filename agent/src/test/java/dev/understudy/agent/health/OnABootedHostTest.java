package dev.understudy.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.effect.RestartStale;
import dev.understudy.agent.effect.StaleProcesses;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.system.BootedHost;
import dev.understudy.agent.system.Proc;
import dev.understudy.agent.system.Sockets;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Health and effect on a host where systemd runs, seen from outside of its namespaces as a twin
/// is.
@Tag("slow")
class OnABootedHostTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private @Nullable BootedHost host;

    @BeforeEach
    void boot(@TempDir Path folder) throws Exception {
        String unavailable = BootedHost.unavailable();
        assumeTrue(unavailable.isEmpty(), unavailable);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        host =
                new BootedHost(
                        folder,
                        Map.of(
                                "sleeper.service",
                                """
                                [Service]
                                ExecStartPre=/bin/cp -n /bin/sleep /usr/local/bin/sleeper
                                ExecStart=/usr/local/bin/sleeper 1000
                                """,
                                "web.service",
                                """
                                [Service]
                                ExecStart=%s -m jdk.httpserver -b 127.0.0.1 -p 8085 -d /etc
                                """
                                        .formatted(java)));
        for (int attempt = 0; attempt < 100; attempt++) {
            if (Sockets.listening(new Proc(host()), new ArrayList<>()).stream()
                    .anyMatch(s -> s.port() == 8085)) {
                return;
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException("the web service did not start listening");
    }

    @AfterEach
    void remove() throws Exception {
        if (host != null) {
            host.remove();
        }
    }

    /// systemd calls the web service started long before its JVM listens.
    @Test
    void aServiceThatWasJustRestartedIsGivenTimeToListen() throws Exception {
        HealthSample before = HealthChecks.sample(host());
        Output restart = host().run(Command.of("systemctl", "restart", "web.service"));
        assertThat(restart.succeeded()).as(restart.tail()).isTrue();
        assertThat(HealthChecks.compare(before, HealthChecks.sampleAfterRestart(host(), before)))
                .allMatch(check -> check.health() == Health.HEALTHY);
    }

    @Test
    void aServiceThatDoesNotComeBackIsUnhealthyWhenItsTimeIsOver() throws Exception {
        HealthSample before = HealthChecks.sample(host());
        host().run(Command.of("systemctl", "stop", "web.service"));
        assertThat(HealthChecks.compare(before, HealthChecks.sampleAfterRestart(host(), before)))
                .anyMatch(check -> check.health() == Health.UNHEALTHY);
    }

    @Test
    void seesServicesDieAndPortsFallSilent() throws Exception {
        HealthSample before = HealthChecks.sample(host());
        assertThat(before.unreadable()).isEmpty();
        assertThat(before.settled()).isTrue();
        assertThat(before.answers()).extracting(HealthSample.Answer::answer).contains("http 200");
        assertThat(before.sockets())
                .anyMatch(s -> s.port() == 8085 && s.unit().equals("web.service"));
        assertThat(HealthChecks.compare(before, HealthChecks.sampleAgain(host(), before)))
                .allMatch(check -> check.health() == Health.HEALTHY);

        must("systemctl", "kill", "-s", "KILL", "web.service");
        must("systemctl", "stop", "sleeper.service");
        Thread.sleep(500);
        List<CheckResult> after =
                HealthChecks.compare(before, HealthChecks.sampleAgain(host(), before));

        assertThat(after)
                .filteredOn(check -> check.health() != Health.HEALTHY)
                .extracting(check -> check.check() + " " + check.subject())
                .contains("unit web.service", "unit sleeper.service", "socket tcp 127.0.0.1:8085")
                .contains("http 127.0.0.1:8085");
    }

    @Test
    void restartsExactlyTheUnitsThatRunReplacedFiles() throws Exception {
        assertThat(new StaleProcesses(host()).find()).isEmpty();
        String web = must("systemctl", "show", "--value", "-p", "MainPID", "web.service");
        must("cp", "/bin/sleep", "/usr/local/bin/fresh");
        must("sh", "-c", "echo >> /usr/local/bin/fresh");
        must("mv", "/usr/local/bin/fresh", "/usr/local/bin/sleeper");
        assertThat(new StaleProcesses(host()).find())
                .extracting(stale -> stale.unit())
                .containsExactly("sleeper.service");

        RestartStale.Outcome outcome = new RestartStale(host()).restart(LIMIT);

        assertThat(outcome.restarted()).containsExactly("sleeper.service");
        assertThat(outcome.failed()).isEmpty();
        assertThat(outcome.stale()).isEmpty();
        assertThat(must("systemctl", "show", "--value", "-p", "MainPID", "web.service"))
                .isEqualTo(web);
    }

    @Test
    void saysWhichUnitDidNotComeBack() throws Exception {
        must("cp", "/bin/false", "/usr/local/bin/fresh");
        must("mv", "/usr/local/bin/fresh", "/usr/local/bin/sleeper");

        RestartStale.Outcome outcome = new RestartStale(host()).restart(LIMIT);

        assertThat(outcome.restarted()).isEmpty();
        assertThat(outcome.failed())
                .singleElement()
                .satisfies(said -> assertThat(said).startsWith("sleeper.service is failed"));
    }

    private BootedHost host() {
        if (host == null) {
            throw new IllegalStateException("no host was booted");
        }
        return host;
    }

    private String must(String... command) throws InterruptedException {
        Output output = host().run(Command.of(command));
        if (!output.succeeded()) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output.tail());
        }
        return output.stdout();
    }
}
