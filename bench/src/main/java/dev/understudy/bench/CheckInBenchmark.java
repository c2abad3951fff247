package dev.understudy.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.understudy.platform.Database;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// How many hosts one replica can listen to.
///
/// `CheckInBenchmark rate URL PASSWORD-FILE ADDRESS PORT CONNECTIONS SECONDS`: hosts that check in
/// again as soon as they were answered. `CheckInBenchmark hold URL PASSWORD-FILE ADDRESS PORT HOSTS
/// INTERVAL SECONDS`: hosts that check in every INTERVAL seconds, spread evenly, each over a new
/// connection; the time of a check-in counts from the instant at which it was due. Prints one
/// figure a line: `NAME VALUE`.
public final class CheckInBenchmark {
    private static final Duration WARM = Duration.ofSeconds(15);
    private static final int MOST_AT_ONCE = 2_000;

    private final Database database;
    private final InetSocketAddress server;

    private final BenchHosts hosts;
    private final List<String> ids;

    private CheckInBenchmark(Database database, InetSocketAddress server, int many)
            throws SQLException {
        this.database = database;
        this.server = server;
        EnrolledHosts enrolled = EnrolledHosts.into(database, "unassigned", many);
        this.hosts = enrolled.hosts();
        this.ids = enrolled.ids();
    }

    public static void main(String[] arguments) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[1]);
        config.setUsername("postgres");
        config.setPassword(Files.readString(Path.of(arguments[2])).strip());
        config.setMaximumPoolSize(2);
        InetSocketAddress server =
                new InetSocketAddress(arguments[3], Integer.parseInt(arguments[4]));
        int many = Integer.parseInt(arguments[5]);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            CheckInBenchmark benchmark = new CheckInBenchmark(new Database(pool), server, many);
            switch (arguments[0]) {
                case "rate" -> benchmark.rate(Long.parseLong(arguments[6]));
                case "hold" ->
                        benchmark.hold(Long.parseLong(arguments[6]), Long.parseLong(arguments[7]));
                default -> throw new IllegalArgumentException("rate or hold, not " + arguments[0]);
            }
            benchmark.settle();
        }
    }

    private void rate(long seconds) throws Exception {
        run(WARM);
        long before = commits();
        List<Latencies> all = run(Duration.ofSeconds(seconds));
        long count = all.stream().mapToLong(Latencies::size).sum();
        Latencies together = Latencies.of(all);
        print("check_ins_per_s", count / (double) seconds);
        print("p50_ms", together.at(0.5));
        print("p99_ms", together.at(0.99));
        print("commits_per_s", (commits() - before) / (double) seconds);
        print("errors", 0);
    }

    private List<Latencies> run(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        List<Latencies> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        for (String host : ids) {
            Latencies own = new Latencies();
            all.add(own);
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try (BenchHosts.Link link = hosts.connect(host, server)) {
                                            require(link.checkIn());
                                            while (System.nanoTime() < end) {
                                                long began = System.nanoTime();
                                                link.checkIn();
                                                own.add(System.nanoTime() - began);
                                            }
                                        } catch (IOException | RuntimeException e) {
                                            failures.add(e);
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("a host was not answered", failures.peek());
        }
        return all;
    }

    /// The answer has to be the one that a quiet host gets.
    private static void require(byte[] body) throws IOException {
        var answer = BenchHosts.Link.read(body);
        if (answer.inventoryWanted() || !answer.orders().isEmpty() || answer.stop()) {
            throw new IllegalStateException("an unexpected answer: " + answer);
        }
    }

    private void hold(long interval, long seconds) throws Exception {
        Semaphore free = new Semaphore(MOST_AT_ONCE);
        AtomicLong errors = new AtomicLong();
        AtomicLong resumed = new AtomicLong();
        ConcurrentLinkedQueue<Long> first = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Long> took = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
        double gap = interval * 1e9 / ids.size();
        long all = Math.round(seconds * 1e9 / gap);
        long unmeasured = ids.size();
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long i = 0; i < all + unmeasured; i++) {
                long due = began + Math.round(i * gap);
                long early = due - System.nanoTime();
                if (early > 0) {
                    TimeUnit.NANOSECONDS.sleep(early);
                }
                String host = ids.get((int) (i % ids.size()));
                boolean counts = i >= unmeasured;
                free.acquire();
                threads.execute(
                        () -> {
                            try (BenchHosts.Link link = hosts.connect(host, server)) {
                                require(link.checkIn());
                                (counts ? took : first).add(System.nanoTime() - due);
                                if (counts && link.resumed()) {
                                    resumed.incrementAndGet();
                                }
                            } catch (IOException | RuntimeException e) {
                                errors.incrementAndGet();
                                said.add(String.valueOf(e.getMessage()));
                            } finally {
                                free.release();
                            }
                        });
            }
        }
        Latencies latencies = new Latencies();
        took.forEach(latencies::add);
        print("check_ins_per_s", took.size() / (double) seconds);
        print("p50_ms", latencies.at(0.5));
        print("p99_ms", latencies.at(0.99));
        print("max_ms", latencies.at(1));
        Latencies joining = new Latencies();
        first.forEach(joining::add);
        print("first_p50_ms", joining.at(0.5));
        print("first_p99_ms", joining.at(0.99));
        print("resumed_share", resumed.get() / (double) took.size());
        print("errors", (double) errors.get());
        said.stream().distinct().limit(5).forEach(System.err::println);
    }

    /// Every host that checked in has to be on record as seen.
    private void settle() {
        long seen =
                database.sql(
                                """
                                select count(*)
                                from fleet.hosts
                                where agent_version = :version and last_seen > enrolled_at
                                """)
                        .param("version", BenchHosts.VERSION)
                        .query(Long.class)
                        .single();
        print("hosts", ids.size());
        print("hosts_seen", (double) seen);
        print(
                "durable",
                database.sql(
                                        "select current_setting('fsync') || current_setting('synchronous_commit')"
                                                + " = 'onon'")
                                .query(Boolean.class)
                                .single()
                        ? 1
                        : 0);
    }

    private long commits() {
        return database.sql(
                        "select xact_commit from pg_stat_database where datname = current_database()")
                .query(Long.class)
                .single();
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "%s %.3f%n", name, value);
    }
}
