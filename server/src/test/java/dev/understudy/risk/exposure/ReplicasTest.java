package dev.understudy.risk.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.TestAdvisories;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleet.Group;
import dev.understudy.fleet.HostSettings;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;

/// Two replicas that follow one database say the same as one that has just read it, and as a
/// recomputation, whatever was committed in which order, however often they were restarted, and
/// though no notification ever reaches them. `-Dunderstudy.histories=N` compares more histories.
class ReplicasTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final int HISTORIES = Integer.getInteger("understudy.histories", 4);
    private static final int STEPS = 60;
    private static final String GROUP = "replicas";

    private final Database database = DATABASE.get();
    private final ManualClock clock = new ManualClock();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final TestAdvisories advisories = new TestAdvisories(database);
    private int outOfOrder;
    private int restarts;
    private int cut;

    @Test
    void agreeAfterAnyInterleaving() {
        int answers = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            answers += new History(seed).run();
        }
        System.out.printf(
                "replicas: %d random histories, %d answers, %d transactions committed out of order,"
                        + " %d restarts, %d lost connections; both replicas agree%n",
                HISTORIES, answers, outOfOrder, restarts, cut);
        assertThat(outOfOrder).isPositive();
        assertThat(restarts).isPositive();
        assertThat(cut).isPositive();
    }

    /// A replica, and the connections of its own that can be cut off.
    private final class Replica {
        private TestDatabase.Severable source = DATABASE.severable();
        private FollowDatabase index = new FollowDatabase(source.database(), clock);

        void restart() {
            index = new FollowDatabase(source.database(), clock);
            restarts++;
        }

        /// The connections die, maybe in the middle of reading, and come back.
        void cutOff() {
            Thread cutter = Thread.ofVirtual().start(source::sever);
            try {
                index.catchUp();
            } catch (DataAccessException
                    | org.springframework.transaction.TransactionException lost) {
                cut++;
            }
            join(cutter);
            TestDatabase.Severable fresh = DATABASE.severable();
            index = index.over(fresh.database());
            source = fresh;
        }
    }

    /// A transaction that has done its work and waits for its end.
    private final class Open {
        private final CountDownLatch worked = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);
        private final Thread thread;
        private final Runnable committed;
        private volatile boolean roll;

        Open(Runnable work, Runnable committed) {
            this.committed = committed;
            this.thread =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            database.inTransaction(() -> run(work));
                                        } catch (RolledBack expected) {
                                            assertThat(roll).isTrue();
                                        }
                                    });
            await(worked);
        }

        private void run(Runnable work) {
            work.run();
            worked.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (roll) {
                throw new RolledBack();
            }
        }

        /// Waits no longer than a moment: it may itself wait for another open transaction.
        private static void await(CountDownLatch latch) {
            try {
                boolean done = latch.await(200, TimeUnit.MILLISECONDS);
                assertThat(done || latch.getCount() == 1).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void end(boolean rollBack) {
            roll = rollBack;
            mayEnd.countDown();
        }

        void join() {
            ReplicasTest.join(thread);
            if (!roll) {
                committed.run();
            }
        }
    }

    private static final class RolledBack extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private final class History {
        private final long seed;
        private final Random random;
        private final RandomHosts chance;
        private final List<Replica> replicas = List.of(new Replica(), new Replica());
        private final Map<HostId, List<Inventory>> hosts = new TreeMap<>();
        private final Set<HostId> retired = new TreeSet<>();
        private final Map<HostId, String> groups = new HashMap<>();
        private final Map<String, List<TestAdvisories.Row>> feeds = new TreeMap<>();
        private final Map<Object, Open> open = new HashMap<>();
        private final List<Object> begun = new ArrayList<>();

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.chance = new RandomHosts(random);
        }

        int run() {
            for (int host = 0; host < 6; host++) {
                String group = group();
                HostId id = fleet.enrol("r" + seed + "-" + host, group);
                hosts.put(id, new ArrayList<>());
                groups.put(id, group);
            }
            for (int step = 0; step < STEPS; step++) {
                clock.pass(Duration.ofSeconds(1 + random.nextInt(1000)));
                step();
            }
            List.copyOf(open.keySet()).forEach(subject -> end(subject, false));
            int answers = compare();
            feeds.keySet().forEach(feed -> advisories.replace(feed, List.of(), clock.instant()));
            return answers;
        }

        private void step() {
            Replica replica = chance.any(replicas);
            switch (random.nextInt(20)) {
                case 0 -> replica.restart();
                case 1 -> replica.cutOff();
                case 2, 3, 4, 5, 6 -> replica.index.catchUp();
                case 7, 8, 9, 10 -> {
                    if (!open.isEmpty()) {
                        end(chance.any(List.copyOf(open.keySet())), random.nextInt(5) == 0);
                    }
                }
                case 11, 12 -> feed();
                case 13 -> move();
                case 14 -> retire();
                default -> inventory();
            }
        }

        private void end(Object subject, boolean rollBack) {
            Open ending = open.remove(subject);
            if (ending != null) {
                ending.end(rollBack);
                if (!begun.getFirst().equals(subject) && !rollBack) {
                    outOfOrder++;
                }
                begun.remove(subject);
                // It may have waited for another one.
                List.copyOf(open.values()).stream()
                        .filter(other -> ending.worked.getCount() > 0)
                        .forEach(other -> other.end(false));
                ending.join();
            }
        }

        /// Only one transaction at a time concerns a host, or a feed.
        private void begin(Object subject, Runnable work, Runnable committed) {
            if (!open.containsKey(subject)) {
                open.put(subject, new Open(work, committed));
                begun.add(subject);
            }
        }

        private void feed() {
            if (open.keySet().stream().anyMatch(String.class::isInstance)) {
                return;
            }
            String feed = "feed" + random.nextInt(2);
            List<TestAdvisories.Row> rows = chance.statements(feeds.getOrDefault(feed, List.of()));
            begin(
                    feed,
                    () -> advisories.replace(feed, rows, clock.instant()),
                    () -> feeds.put(feed, rows));
        }

        private void inventory() {
            HostId host = chance.any(living());
            List<Inventory> sent = hosts.getOrDefault(host, List.of());
            Inventory next = chance.next(sent.isEmpty() ? null : sent.getLast());
            if (sent.isEmpty() || !next.equals(sent.getLast())) {
                begin(host, () -> fleet.inventory(host, next), () -> sent.add(next));
            }
        }

        private void move() {
            HostId host = chance.any(living());
            String group = group();
            begin(
                    host,
                    () ->
                            fleet.hosts.set(
                                    host, new HostSettings(group, null, null, Exposure.INTERNET)),
                    () -> groups.put(host, group));
        }

        private void retire() {
            HostId host = chance.any(living());
            if (living().size() > 3 && random.nextInt(3) == 0) {
                begin(host, () -> fleet.retireHost.retire("test", host), () -> retired.add(host));
            }
        }

        private String group() {
            String group = GROUP + random.nextInt(2);
            if (fleet.groups.find(group).isEmpty()) {
                fleet.groups.put(Group.named(group));
            }
            return group;
        }

        private List<HostId> living() {
            return hosts.keySet().stream().filter(host -> !retired.contains(host)).toList();
        }

        private int compare() {
            FollowDatabase fresh = new FollowDatabase(database, clock);
            fresh.catchUp();
            replicas.forEach(replica -> replica.index.catchUp());
            int answers = 0;
            for (String cve : RandomHosts.CVES) {
                for (String group : new String[] {null, GROUP + 0, GROUP + 1}) {
                    ExposedHosts.Answer expected =
                            new ExposedHosts(fresh).page(cve, group, null, 1000);
                    for (Replica replica : replicas) {
                        ExposedHosts.Answer answer =
                                new ExposedHosts(replica.index).page(cve, group, null, 1000);
                        assertThat(Set.copyOf(answer.rows()))
                                .as("history %d, %s in %s", seed, cve, group)
                                .isEqualTo(Set.copyOf(expected.rows()));
                        assertThat(answer.groups()).isEqualTo(expected.groups());
                        assertThat(answer.total()).isEqualTo(expected.total());
                        answers++;
                    }
                    assertThat(mine(expected))
                            .as("history %d, %s in %s", seed, cve, group)
                            .isEqualTo(recomputed(cve, group));
                }
            }
            for (Replica replica : replicas) {
                IndexSize size = replica.index.size();
                assertThat(size)
                        .usingRecursiveComparison()
                        .ignoringFields("bitmapBytes")
                        .isEqualTo(fresh.size());
            }
            return answers;
        }

        private Set<HostId> mine(ExposedHosts.Answer answer) {
            Set<HostId> mine =
                    answer.rows().stream()
                            .map(Exposed::host)
                            .collect(Collectors.toCollection(HashSet::new));
            mine.retainAll(hosts.keySet());
            return mine;
        }

        private Set<HostId> recomputed(
                String cve, @org.jspecify.annotations.Nullable String group) {
            List<TestAdvisories.Row> statements = BruteForce.together(List.copyOf(feeds.values()));
            return living().stream()
                    .filter(host -> group == null || group.equals(groups.get(host)))
                    .filter(
                            host -> {
                                List<Inventory> sent = hosts.getOrDefault(host, List.of());
                                return BruteForce.exposed(sent, statements, cve);
                            })
                    .collect(Collectors.toSet());
        }
    }
}
