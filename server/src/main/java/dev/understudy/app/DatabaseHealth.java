package dev.understudy.app;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether the database answers. Part of readiness and not of liveness: a restart of this process
/// would not bring the database back. Says `DOWN` before whoever probes gives up waiting.
final class DatabaseHealth implements HealthIndicator {
    private static final Duration LONGEST = Duration.ofMillis(800);

    private final DataSource source;
    private final Executor threads = work -> Thread.ofVirtual().name("health").start(work);

    DatabaseHealth(DataSource source) {
        this.source = source;
    }

    @Override
    public Health health() {
        FutureTask<Boolean> asked = new FutureTask<>(this::answers);
        threads.execute(asked);
        try {
            return asked.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                    ? Health.up().build()
                    : Health.down().build();
        } catch (ExecutionException e) {
            return Health.down(e).build();
        } catch (TimeoutException _) {
            return Health.down().withDetail("reason", "no answer within " + LONGEST).build();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Health.down().withDetail("reason", "interrupted").build();
        } finally {
            asked.cancel(true);
        }
    }

    private boolean answers() throws SQLException {
        try (Connection connection = source.getConnection()) {
            return connection.isValid(1);
        }
    }
}
