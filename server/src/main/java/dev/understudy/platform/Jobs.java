package dev.understudy.platform;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.TaskSummary;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/// Work that happens later or again and again, by one replica at a time, at least once: a replica
/// that dies is replaced within about ten seconds, and a job that fails is tried again for ever,
/// with pauses up to ten minutes, and shown in [#failing]. Kept by db-scheduler in `platform.job`.
public final class Jobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final String TABLE = "platform.job";
    private static final PostgreSqlJdbcCustomization DIALECT =
            new PostgreSqlJdbcCustomization(false, true);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final int MISSED_HEARTBEATS = 4;
    private static final int AT_ONCE = 8;
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Database database;
    private final InstantSource clock;
    private final JobData data = new JobData();
    private final List<Task<?>> single = new ArrayList<>();
    private final List<RecurringTask<Void>> recurring = new ArrayList<>();
    private @Nullable Scheduler scheduler;
    private @Nullable SchedulerClient client;

    public Jobs(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// A job that failed the last time it ran.
    public record Failing(String name, int instances, int attempts, Instant lastFailure) {}

    /// A kind of job that is done once, at a given time.
    public interface Once<T> {
        /// Puts job `id` on the list, or moves it when it is there already; in the caller's
        /// transaction when there is one.
        void at(String id, Instant when, T data);

        /// Takes job `id` off the list; nothing happens when it is not there.
        void cancel(String id);
    }

    /// Runs `work` at start and then `pause` after each end. Before [#start].
    public synchronized void every(String name, Duration pause, Runnable work) {
        checkNew(name);
        recurring.add(
                Tasks.recurring(name, FixedDelay.of(pause))
                        .onFailure(this::again)
                        .execute((_, _) -> work.run()));
    }

    /// Names a kind of one-off job and what it does. Before [#start].
    public synchronized <T> Once<T> once(String name, Class<T> type, Consumer<T> work) {
        checkNew(name);
        OneTimeTask<T> task =
                Tasks.oneTime(name, type)
                        .onFailure(this::again)
                        .execute((instance, _) -> work.accept(instance.getData()));
        single.add(task);
        return new Once<>() {
            @Override
            public void at(String id, Instant when, T data) {
                client().schedule(
                                new TaskInstance<>(name, id, data),
                                when,
                                SchedulerClient.ScheduleOptions.WHEN_EXISTS_RESCHEDULE);
            }

            @Override
            public void cancel(String id) {
                client().getScheduledExecution(task.instanceId(id))
                        .ifPresent(_ -> client().cancel(task.instanceId(id)));
            }
        };
    }

    /// Begins to run what is due, until [#close].
    public synchronized void start() {
        Scheduler started =
                Scheduler.create(database.source(), single)
                        .startTasks(recurring)
                        .schedulerName(new SchedulerName.Fixed(Ids.at(clock.instant()).toString()))
                        .tableName(TABLE)
                        .jdbcCustomization(DIALECT)
                        .serializer(data)
                        .clock(clock::instant)
                        .pollingInterval(POLL)
                        .pollUsingLockAndFetch(0.5, 1.0)
                        .heartbeatInterval(HEARTBEAT)
                        .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                        .threads(AT_ONCE)
                        .shutdownMaxWait(DRAIN)
                        .build();
        started.start();
        scheduler = started;
    }

    public List<Failing> failing() {
        return client().getScheduledExecutionsSummaryByTask().stream()
                .filter(summary -> summary.failingCount() > 0)
                .map(Jobs::failing)
                .toList();
    }

    /// Makes the jobs of this name that wait after a failure due now.
    ///
    /// @return how many
    public int runNow(String name) {
        return database.sql(
                        """
                        update platform.job
                        set    execution_time = :now
                        where  task_name = :name
                        and    consecutive_failures > 0
                        and    not picked
                        """)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("name", name)
                .update();
    }

    /// Waits a while for the jobs that are running, then interrupts them.
    @Override
    public synchronized void close() {
        if (scheduler != null) {
            scheduler.stop();
            scheduler = null;
        }
    }

    private synchronized SchedulerClient client() {
        if (client == null) {
            client =
                    SchedulerClient.Builder.create(
                                    new TransactionAwareDataSourceProxy(database.source()), single)
                            .tableName(TABLE)
                            .jdbcCustomization(DIALECT)
                            .serializer(data)
                            .build();
        }
        return client;
    }

    private void checkNew(String name) {
        if (scheduler != null) {
            throw new IllegalStateException("job %s came after the start".formatted(name));
        }
        if (Stream.concat(single.stream(), recurring.stream())
                .anyMatch(task -> task.getTaskName().equals(name))) {
            throw new IllegalStateException("there are two jobs named %s".formatted(name));
        }
        client = null;
    }

    private <T> void again(ExecutionComplete complete, ExecutionOperations<T> operations) {
        int failures = complete.getExecution().consecutiveFailures;
        Duration pause = Duration.ofSeconds(Math.min(600, 1L << Math.min(failures, 10)));
        LOG.warn(
                "Job {} failed for the {}. time in a row; again in {}",
                complete.getExecution().taskInstance.getTaskAndInstance(),
                failures + 1,
                pause,
                complete.getCause().orElse(null));
        operations.reschedule(complete, clock.instant().plus(pause));
    }

    private static Failing failing(TaskSummary summary) {
        return new Failing(
                summary.taskName(),
                summary.failingCount(),
                summary.maxConsecutiveFailures(),
                summary.latestLastFailure());
    }

    /// The data of a job as JSON.
    private static final class JobData implements Serializer {
        @Override
        public byte @Nullable [] serialize(@Nullable Object data) {
            return data == null ? null : Json.bytes(data);
        }

        @Override
        public <T> @Nullable T deserialize(Class<T> type, byte @Nullable [] data) {
            return data == null ? null : Json.read(data, type);
        }
    }
}
