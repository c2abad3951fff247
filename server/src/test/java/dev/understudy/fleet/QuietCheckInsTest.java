package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Pooled;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QuietCheckInsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private Pooled pool;
    private TestFleet fleet;
    private HostId host;

    @BeforeEach
    void aHostThatWasHereBefore() {
        pool = new Pooled(DATABASE.get());
        fleet = TestFleet.on(pool.database(), clock);
        host = fleet.enrol("web-1", Group.DEFAULT);
        fleet.checkIn(host, List.of());
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Host known(HostId id) {
        return fleet.hosts.get(id);
    }

    private CheckInAnswer again(HostId id) {
        clock.pass(Duration.ofSeconds(20));
        return fleet.checkIn(id, List.of());
    }

    @Test
    void aQuietHostHearsTheSameAndIsSeen() {
        CheckInAnswer answer = again(host);
        assertThat(answer.orders()).isEmpty();
        assertThat(answer.stop()).isFalse();
        assertThat(answer.leaseUntil()).isEqualTo(clock.instant().plusSeconds(60));
        assertThat(known(host).lastSeen()).isEqualTo(clock.instant());
    }

    @Test
    void aStopIsHeardAtOnceAndAnOrderIsGivenOut() {
        fleet.stop.stop("token:ann", "A bad smell.");
        assertThat(again(host).stop()).isTrue();
        fleet.stop.release("token:ann");
        assertThat(again(host).stop()).isFalse();
        fleet.orders.issue(host, new OrderBody.Refresh(), Duration.ofHours(1));
        assertThat(again(host).orders()).hasSize(1);
    }

    @Test
    void whatIsNewIsTaken() {
        fleet.checkIns.checkIn(
                fleet.identity(host),
                new CheckIn("1.1", "boot-2", "1".repeat(64), null, List.of(), List.of()));
        assertThat(known(host).agentVersion()).isEqualTo("1.1");
        assertThat(
                        fleet.database
                                .sql("select boot_id from fleet.hosts where id = :id")
                                .param("id", host.value())
                                .query(String.class)
                                .single())
                .isEqualTo("boot-2");
    }

    @Test
    void aRetiredHostIsRefused() {
        fleet.retireHost.retire("token:ann", host);
        assertThatThrownBy(() -> again(host)).isInstanceOf(Problem.class);
    }

    @Test
    void aHostWhoseRowIsHeldIsWaitedForAndDelaysNobody() {
        HostId other = fleet.enrol("web-2", Group.DEFAULT);
        fleet.checkIn(other, List.of());
        CompletableFuture<CheckInAnswer> held =
                fleet.database.inTransaction(
                        () -> {
                            fleet.database
                                    .sql("select 1 from fleet.hosts where id = :id for update")
                                    .param("id", host.value())
                                    .query(Integer.class)
                                    .single();
                            CompletableFuture<CheckInAnswer> waits =
                                    CompletableFuture.supplyAsync(
                                            () -> fleet.checkIn(host, List.of()));
                            CompletableFuture.supplyAsync(() -> fleet.checkIn(other, List.of()))
                                    .join();
                            assertThat(waits).isNotDone();
                            return waits;
                        });
        assertThat(held.join().orders()).isEmpty();
    }

    /// Everybody is answered, each once, while orders come and go.
    @Test
    void manyAtOnce() {
        List<HostId> hosts = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            HostId one = fleet.enrol("many-" + i, Group.DEFAULT);
            fleet.checkIn(one, List.of());
            hosts.add(one);
        }
        clock.pass(Duration.ofSeconds(20));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int round = 0; round < 20; round++) {
                for (HostId one : hosts) {
                    answers.add(
                            CompletableFuture.supplyAsync(
                                    () -> {
                                        CheckInAnswer answer = fleet.checkIn(one, List.of());
                                        return Objects.requireNonNull(answer).orders().size();
                                    },
                                    threads));
                }
                fleet.orders.issue(hosts.get(round), new OrderBody.Refresh(), Duration.ofHours(1));
            }
            answers.forEach(CompletableFuture::join);
        }
        assertThat(hosts)
                .allSatisfy(each -> assertThat(known(each).lastSeen()).isEqualTo(clock.instant()));
        assertThat(fleet.checkIn(hosts.getFirst(), List.of()).orders()).hasSize(1);
    }
}
