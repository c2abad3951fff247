package dev.understudy.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();

    record Note(String text) {}

    @Test
    void doesAOneOffJobOnceAtItsTimeAndOnlyIfItsTransactionCommits() {
        try (Jobs jobs = new Jobs(database, InstantSource.system())) {
            ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
            Jobs.Once<Note> notes = jobs.once("note", Note.class, note -> done.add(note.text()));
            jobs.start();
            try {
                database.inTransaction(
                        () -> {
                            notes.at("undone", Instant.now(), new Note("undone"));
                            throw new IllegalStateException("no");
                        });
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessage("no");
            }
            database.inTransaction(() -> notes.at("a", Instant.now(), new Note("first")));
            notes.at("later", Instant.now().plusSeconds(3600), new Note("later"));
            notes.at("later", Instant.now(), new Note("moved"));
            notes.at("gone", Instant.now().plusSeconds(3600), new Note("gone"));
            notes.cancel("gone");
            notes.cancel("never was");
            await().until(() -> done.size() >= 2);
            assertThat(done).containsExactlyInAnyOrder("first", "moved");
        }
    }

    @Test
    void repeatsAJobThatFailsAndShowsIt() {
        try (Jobs jobs = new Jobs(database, InstantSource.system())) {
            AtomicInteger runs = new AtomicInteger();
            jobs.every(
                    "flaky",
                    Duration.ofMillis(100),
                    () -> {
                        if (runs.incrementAndGet() < 2) {
                            throw new IllegalStateException("not yet");
                        }
                    });
            jobs.start();
            await().until(() -> !jobs.failing().isEmpty());
            assertThat(jobs.failing()).singleElement().extracting(f -> f.name()).isEqualTo("flaky");
            await().until(() -> runs.get() >= 3);
            await().until(() -> jobs.failing().isEmpty());
        }
    }

    @Test
    void aSecondReplicaTakesOverTheJobOfOneThatDied() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger taken = new AtomicInteger();
        TestDatabase.Severable severable = DATABASE.severable();
        Jobs dying = new Jobs(severable.database(), InstantSource.system());
        Jobs.Once<Note> doomed =
                dying.once(
                        "takeover",
                        Note.class,
                        _ -> {
                            inside.countDown();
                            uninterruptibly(never);
                        });
        dying.start();
        doomed.at("x", Instant.now(), new Note("x"));
        await().until(() -> inside.getCount() == 0);
        severable.sever();
        try (Jobs second = new Jobs(database, InstantSource.system())) {
            second.once("takeover", Note.class, _ -> taken.incrementAndGet());
            second.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> taken.get() == 1);
        } finally {
            never.countDown();
            dying.close();
        }
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
