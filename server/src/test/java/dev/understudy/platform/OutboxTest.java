package dev.understudy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutboxTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();
    private final Outbox outbox = new Outbox(database, InstantSource.system());
    private final ConcurrentLinkedQueue<Integer> taken = new ConcurrentLinkedQueue<>();
    private final List<Subscriptions> replicas = new java.util.ArrayList<>();

    record Counted(int number, Instant at) {}

    record Other(Shape shape) {}

    sealed interface Shape {
        record Circle(int radius) implements Shape {}

        record Square(int side) implements Shape {}
    }

    @BeforeEach
    void empty() {
        database.sql("truncate platform.delivery, platform.outbox, platform.subscription").update();
    }

    @AfterEach
    void stop() {
        replicas.forEach(Subscriptions::close);
    }

    @Test
    void deliversInOrderAcrossTwoReplicasOnceEach() {
        replica().on(Counted.class, "counter", event -> taken.add(event.number()));
        replica().on(Counted.class, "counter", event -> taken.add(event.number()));
        replicas.forEach(Subscriptions::start);
        for (int i = 0; i < 200; i++) {
            publish(i);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> replicas.getFirst().waiting() == 0);
        assertThat(taken).containsExactlyElementsOf(numbers(200));
    }

    @Test
    void deliversWithinAFractionOfASecondAfterTheCommit() {
        CountDownLatch arrived = new CountDownLatch(1);
        replica().on(Counted.class, "prompt", _ -> arrived.countDown());
        replicas.getFirst().start();
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        long start = System.nanoTime();
        publish(1);
        await().pollInterval(Duration.ofMillis(5)).until(() -> arrived.getCount() == 0);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void tellsNothingOfATransactionThatWasUndone() {
        replica().on(Counted.class, "counter", event -> taken.add(event.number()));
        replicas.getFirst().start();
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        () -> {
                                            outbox.publish(new Counted(1, Instant.EPOCH));
                                            throw new IllegalStateException("no");
                                        }))
                .hasMessage("no");
        publish(2);
        await().until(() -> replicas.getFirst().waiting() == 0);
        assertThat(taken).containsExactly(2);
    }

    @Test
    void refusesAnEventOutsideATransaction() {
        assertThatThrownBy(() -> outbox.publish(new Counted(1, Instant.EPOCH)))
                .hasMessageContaining("platform.Counted was published outside a transaction");
    }

    @Test
    void triesAgainInOrderAndUndoesWhatAFailedHandlerWrote() {
        database.sql("create table if not exists platform.written (n int)").update();
        AtomicInteger failures = new AtomicInteger(3);
        replica()
                .on(
                        Counted.class,
                        "counter",
                        event -> {
                            database.sql("insert into platform.written values (:n)")
                                    .param("n", event.number())
                                    .update();
                            if (failures.getAndDecrement() > 0) {
                                throw new IllegalStateException("not yet");
                            }
                            taken.add(event.number());
                        });
        replicas.getFirst().start();
        publish(1);
        publish(2);
        await().until(() -> replicas.getFirst().waiting() == 0);
        assertThat(taken).containsExactly(1, 2);
        assertThat(
                        database.sql("select n from platform.written order by n")
                                .query(Integer.class)
                                .list())
                .containsExactly(1, 2);
    }

    @Test
    void parksAPoisonEventVisiblyAndGoesOnWithTheNext() {
        AtomicInteger attempts = new AtomicInteger();
        replica()
                .on(
                        Counted.class,
                        "counter",
                        event -> {
                            if (event.number() == 1) {
                                attempts.incrementAndGet();
                                throw new IllegalStateException("poison");
                            }
                            taken.add(event.number());
                        });
        replicas.getFirst().start();
        publish(1);
        await().until(() -> attempts.get() > 0);
        database.sql("update platform.delivery set attempts = :n, due_at = now()")
                .param("n", Deliveries.ATTEMPTS)
                .update();
        publish(2);
        await().until(() -> taken.contains(2));
        List<Subscriptions.Parked> parked = replicas.getFirst().parked();
        assertThat(parked).singleElement().extracting(p -> p.event()).isEqualTo("platform.Counted");
        assertThat(parked.getFirst().lastError()).contains("poison");
        int before = attempts.get();
        assertThat(replicas.getFirst().retry("counter", parked.getFirst().eventId())).isTrue();
        await().until(() -> attempts.get() > before);
    }

    @Test
    void parksNothingHoweverOftenTheDatabaseGoesAway() {
        AtomicInteger cuts = new AtomicInteger(2 * Deliveries.ATTEMPTS);
        Subscriptions replica = replica();
        replica.on(
                Counted.class,
                "counter",
                event -> {
                    if (cuts.getAndDecrement() > 0) {
                        database.sql("select pg_terminate_backend(pg_backend_pid())")
                                .query(Boolean.class)
                                .single();
                    }
                    taken.add(event.number());
                });
        Pump pump = new Pump(replica);
        publish(1);
        for (int i = 0; i < 2 * Deliveries.ATTEMPTS; i++) {
            assertThatThrownBy(pump::run).matches(Database::isAway);
        }
        pump.run();
        assertThat(taken).containsExactly(1);
        assertThat(replica.parked()).isEmpty();
        assertThat(replica.waiting()).isZero();
    }

    @Test
    void aSecondReplicaTakesOverFromOneThatStoppedMidWay() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        TestDatabase.Severable severable = DATABASE.severable();
        Subscriptions dying = new Subscriptions(severable.database(), InstantSource.system());
        dying.on(
                Counted.class,
                "counter",
                event -> {
                    inside.countDown();
                    hold(never);
                    taken.add(-event.number());
                });
        dying.start();
        publish(1);
        publish(2);
        hold(inside);
        replica().on(Counted.class, "counter", event -> taken.add(event.number()));
        replicas.getFirst().start();
        severable.sever();
        await().atMost(Duration.ofSeconds(10)).until(() -> taken.contains(2));
        assertThat(taken).containsExactly(1, 2);
        never.countDown();
        replicas.add(dying);
    }

    @Test
    void carriesAlternativesByTheirType() {
        ConcurrentLinkedQueue<Shape> shapes = new ConcurrentLinkedQueue<>();
        replica().on(Other.class, "shapes", event -> shapes.add(event.shape()));
        replicas.getFirst().start();
        database.inTransaction(() -> outbox.publish(new Other(new Shape.Square(4))));
        await().until(() -> !shapes.isEmpty());
        assertThat(shapes).containsExactly(new Shape.Square(4));
    }

    private Subscriptions replica() {
        replicas.add(new Subscriptions(database, InstantSource.system()));
        return replicas.getLast();
    }

    private void publish(int number) {
        database.inTransaction(
                () -> outbox.publish(new Counted(number, InstantSource.system().instant())));
    }

    private static List<Integer> numbers(int count) {
        return java.util.stream.IntStream.range(0, count).boxed().toList();
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
