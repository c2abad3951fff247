package dev.understudy.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.understudy.platform.Database;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.OrderId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A fleet of simulated hosts that goes on whatever happens to the control plane, and in the end
/// says what the control plane lost, doubled, made up or left lying.
///
/// `ChaosFleet URL USER PASSWORD-FILE ADDRESS PORT GROUP HOSTS INTERVAL-MILLISECONDS ENOUGH LIMIT`:
/// there is a new version of their package whenever nearly all hosts have the last one, until the
/// file `ENOUGH` is there; then all may come to its end for `LIMIT` seconds. Prints one figure a
/// line: `NAME VALUE`.
public final class ChaosFleet {
    private static final double NEARLY_ALL = 0.95;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Database database;
    private final InetSocketAddress server;
    private final Duration interval;
    private final EnrolledHosts enrolled;
    private final AtomicInteger released = new AtomicInteger(2);
    private final List<SimulatedHost> hosts;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private final Map<String, Long> reasons = new HashMap<>();

    private ChaosFleet(
            Database database, InetSocketAddress server, String group, int many, Duration interval)
            throws SQLException {
        this.database = database;
        this.server = server;
        this.interval = interval;
        this.enrolled = EnrolledHosts.into(database, group, many);
        Instant began = Instant.now();
        this.hosts =
                enrolled.ids().stream().map(id -> new SimulatedHost(id, released, began)).toList();
    }

    public static void main(String[] arguments) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        config.setUsername(arguments[1]);
        config.setPassword(Files.readString(Path.of(arguments[2])).strip());
        config.setMaximumPoolSize(2);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            ChaosFleet fleet =
                    new ChaosFleet(
                            new Database(pool),
                            new InetSocketAddress(arguments[3], Integer.parseInt(arguments[4])),
                            arguments[5],
                            Integer.parseInt(arguments[6]),
                            Duration.ofMillis(Long.parseLong(arguments[7])));
            print("enrolled", fleet.hosts.size());
            fleet.live(Path.of(arguments[8]), Duration.ofSeconds(Long.parseLong(arguments[9])));
            fleet.judge();
        }
    }

    private void live(Path enough, Duration limit) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            hosts.forEach(host -> threads.execute(() -> live(host)));
            while (!Files.exists(enough)) {
                Thread.sleep(LOOK);
                long current = hosts.stream().filter(SimulatedHost::isCurrent).count();
                if (current >= NEARLY_ALL * hosts.size()) {
                    released.incrementAndGet();
                }
            }
            long end = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < end && !isQuiet()) {
                Thread.sleep(LOOK);
            }
            over.set(true);
        }
    }

    /// Checks in again and again, at its own pace.
    private void live(SimulatedHost host) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(interval.toMillis()));
            while (!over.get()) {
                synchronized (host) {
                    try (BenchHosts.Link link = enrolled.hosts().connect(host.id(), server)) {
                        host.checkIn(link);
                        answered.incrementAndGet();
                    } catch (IOException e) {
                        unanswered.incrementAndGet();
                        count(e);
                    }
                }
                Thread.sleep(
                        ThreadLocalRandom.current()
                                .nextLong(interval.toMillis() / 2, 3 * interval.toMillis() / 2));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(IOException e) {
        synchronized (reasons) {
            String why = String.valueOf(e.getMessage()).replaceAll("[0-9a-f-]{36}", "…");
            reasons.merge(why.substring(0, Math.min(160, why.length())), 1L, Long::sum);
        }
    }

    /// Whether all was told and done, nothing is under way, and nothing is about to set out: hosts
    /// without the last version are waited for.
    private boolean isQuiet() {
        for (SimulatedHost host : hosts) {
            synchronized (host) {
                if (!host.isQuiet() || !host.isCurrent()) {
                    return false;
                }
            }
        }
        try {
            return openOrders() + openRollouts() == 0;
        } catch (RuntimeException e) {
            System.err.println("the database does not answer: " + e.getMessage());
            return false;
        }
    }

    private long openOrders() {
        return database.sql(
                        """
                        select count(*)
                        from fleet.orders
                        where host = any(:hosts::uuid[])
                          and state in ('QUEUED', 'DELIVERED', 'ACCEPTED')
                        """)
                .param("hosts", Rows.array(enrolled.ids()))
                .query(Long.class)
                .single();
    }

    private long openRollouts() {
        return database.sql(
                        """
                        select count(distinct d.rollout)
                        from rollout.deployments d
                        where d.host = any(:hosts::uuid[]) and d.open
                        """)
                .param("hosts", Rows.array(enrolled.ids()))
                .query(Long.class)
                .single();
    }

    private void judge() {
        long lost = 0;
        long madeUp = 0;
        Map<String, List<String>> stored = stored();
        for (SimulatedHost host : hosts) {
            List<String> said = host.said().stream().map(ChaosFleet::line).toList();
            List<String> kept = stored.getOrDefault(host.id(), List.of());
            Set<String> more = new HashSet<>(kept);
            said.forEach(more::remove);
            madeUp += more.size();
            List<String> missing = new ArrayList<>(said);
            missing.removeAll(new HashSet<>(kept));
            lost += missing.size();
        }
        print("hosts", hosts.size());
        print("releases", released.get() - 1);
        print("check_ins", answered.get());
        print("unanswered", unanswered.get());
        print("events", hosts.stream().mapToLong(host -> host.said().size()).sum());
        print("orders_obeyed", hosts.stream().mapToLong(host -> host.obeyed().size()).sum());
        print("events_lost", lost);
        print("events_made_up", madeUp);
        print("orders_unknown", unknownOrders());
        print("orders_not_ended", openOrders() + obeyedButNotEnded());
        print("rollouts_open", openRollouts());
        print("hosts_not_current", hosts.stream().filter(host -> !host.isCurrent()).count());
        List<String> faults = hosts.stream().flatMap(host -> host.faults().stream()).toList();
        print("faults", faults.size());
        faults.stream().limit(10).forEach(System.err::println);
        reasons.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(10)
                .forEach(e -> System.err.println(e.getValue() + " times: " + e.getKey()));
    }

    /// What the database has of each host's events.
    private Map<String, List<String>> stored() {
        Map<String, List<String>> stored = new HashMap<>();
        database.sql(
                        """
                        select host::text, sequence, coalesce(order_id::text, ''), report ->> 'type'
                        from fleet.agent_events
                        where host = any(:hosts::uuid[])
                        order by host, sequence
                        """)
                .param("hosts", Rows.array(enrolled.ids()))
                .query(
                        row -> {
                            stored.computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                                    .add(
                                            "%d %s %s"
                                                    .formatted(
                                                            row.getLong(2),
                                                            row.getString(3),
                                                            row.getString(4)));
                        });
        return stored;
    }

    private static String line(AgentEvent event) {
        return "%d %s %s"
                .formatted(
                        event.sequence(),
                        event.order() == null ? "" : event.order(),
                        event.report().getClass().getSimpleName());
    }

    /// Orders that hosts obeyed and of which the database knows nothing.
    private long unknownOrders() {
        Set<String> known =
                new HashSet<>(
                        database.sql(
                                        """
                                        select id::text
                                        from fleet.orders
                                        where host = any(:hosts::uuid[])
                                        """)
                                .param("hosts", Rows.array(enrolled.ids()))
                                .query(String.class)
                                .list());
        return hosts.stream()
                .flatMap(host -> host.obeyed().keySet().stream())
                .map(OrderId::toString)
                .filter(id -> !known.contains(id))
                .count();
    }

    /// Orders that hosts carried out and of which the database says something else.
    private long obeyedButNotEnded() {
        Map<String, String> states = new HashMap<>();
        database.sql(
                        """
                        select id::text, state
                        from fleet.orders
                        where host = any(:hosts::uuid[])
                        """)
                .param("hosts", Rows.array(enrolled.ids()))
                .query(
                        row -> {
                            states.put(row.getString(1), row.getString(2));
                        });
        return hosts.stream()
                .flatMap(host -> host.obeyed().keySet().stream())
                .map(id -> states.getOrDefault(id.toString(), "ENDED"))
                .filter(state -> !state.equals("ENDED") && !state.equals("ACCEPTED"))
                .count();
    }

    private static void print(String name, long value) {
        System.out.println(name + " " + value);
    }
}
