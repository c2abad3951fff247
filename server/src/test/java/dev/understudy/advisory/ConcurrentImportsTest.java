package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrentImportsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private final Database database = DATABASE.get();
    private final TestAdvisories advisories = new TestAdvisories(database);

    /// The vendor says that it is not affected while an aggregator says that it is, each before the
    /// other's import has ended.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsBelievedDoesNotDependOnWhichOfTwoImportsEndsFirst(boolean vendorFirst)
            throws Exception {
        String source = vendorFirst ? "openssl" : "curl";
        Runnable vendor =
                () -> advisories.replace("csaf", List.of(row(source, "NOT_AFFECTED", null)), NOW);
        Runnable aggregator =
                () -> advisories.replace("osv", List.of(row(source, "FIXED", "2.0-1")), NOW);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> first =
                    threads.submit(
                            () ->
                                    database.inTransaction(
                                            () -> {
                                                (vendorFirst ? vendor : aggregator).run();
                                                written.countDown();
                                                await(end);
                                            }));
            await(written);
            Future<?> second = threads.submit(vendorFirst ? aggregator : vendor);
            while (!second.isDone() && waiting() == 0) {
                Thread.sleep(20);
            }
            end.countDown();
            first.get(20, TimeUnit.SECONDS);
            second.get(20, TimeUnit.SECONDS);
        }
        assertThat(
                        database.sql(
                                        """
                                        select feed from advisory.fix_history
                                        where source = :source and to_at is null
                                        """)
                                .param("source", source)
                                .query(String.class)
                                .list())
                .isEmpty();
    }

    private static TestAdvisories.Row row(String source, String state, @Nullable String fixed) {
        return new TestAdvisories.Row(
                "SA-" + source,
                List.of("CVE-2026-1001"),
                false,
                "bookworm",
                source,
                state,
                "0",
                fixed);
    }

    private int waiting() {
        return database.sql(
                        """
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                        """)
                .query(Integer.class)
                .single();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
