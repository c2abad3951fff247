package dev.understudy.risk.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.TestAdvisories;
import dev.understudy.fleet.HostSettings;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The past as the system answers it is the past as it is recomputed from the raw inventories and
/// the raw statements, for random histories. `-Dunderstudy.histories=N` compares more of them.
class TimeTravelTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final int HISTORIES = Integer.getInteger("understudy.histories", 6);
    private static final int STEPS = 30;
    private static final int INSTANTS = 15;

    private final Pooled pool = new Pooled(DATABASE.get());
    private final Database database = pool.database();
    private final ManualClock clock = new ManualClock();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final TestAdvisories advisories = new TestAdvisories(database);
    private final PastExposure past = new PastExposure(database);
    private final FollowDatabase index = new FollowDatabase(database, clock);
    private final ExposedHosts exposed = new ExposedHosts(index);
    private final Map<Episode.End, Integer> ends = new EnumMap<>(Episode.End.class);
    private long exposures;

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void answersAboutThePastAsARecomputationDoes() {
        long answers = 0;
        int histories = 0;
        // Ids of hosts are made anew in each run, so a few histories may lack a way to end.
        while (histories < HISTORIES
                || (ends.size() < Episode.End.values().length && histories < 20 * HISTORIES)) {
            answers += new History(histories++).compare();
        }
        System.out.printf(
                "time travel: %d random histories, %d answers, %d exposed hosts in them, episodes"
                        + " ended %s; all as recomputed%n",
                histories, answers, exposures, ends);
        assertThat(exposures).isGreaterThan(HISTORIES);
        assertThat(ends.keySet()).containsExactlyInAnyOrder(Episode.End.values());
    }

    /// The whole state after one step.
    private record Moment(
            Instant at,
            Map<HostId, List<Inventory>> hosts,
            Set<HostId> retired,
            List<TestAdvisories.Row> statements) {}

    private final class History {
        private final long seed;
        private final Random random;
        private final RandomHosts chance;
        private final Map<HostId, List<Inventory>> hosts = new TreeMap<>();
        private final Set<HostId> retired = new TreeSet<>();
        private final Map<HostId, String> groups = new HashMap<>();
        private final Map<String, List<TestAdvisories.Row>> feeds = new TreeMap<>();
        private final List<Moment> moments = new ArrayList<>();
        private long answers;

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.chance = new RandomHosts(random);
        }

        long compare() {
            for (int step = 0; step < STEPS; step++) {
                clock.pass(Duration.ofSeconds(1 + random.nextInt(100_000)));
                step();
                remember();
            }
            comparePast();
            compareEpisodes();
            compareNow();
            feeds.keySet().forEach(feed -> advisories.replace(feed, List.of(), clock.instant()));
            return answers;
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> {
                    String feed = "feed" + random.nextInt(2);
                    List<TestAdvisories.Row> rows =
                            chance.statements(feeds.getOrDefault(feed, List.of()));
                    feeds.put(feed, rows);
                    advisories.replace(feed, rows, clock.instant());
                }
                case 3 -> retireOne();
                case 4 -> move();
                default -> inventory();
            }
        }

        private void inventory() {
            List<HostId> living = living();
            HostId host;
            if (living.size() < 4 || random.nextInt(8) == 0) {
                String group = group();
                host = fleet.enrol("h" + seed + "-" + hosts.size(), group);
                hosts.put(host, new ArrayList<>());
                groups.put(host, group);
            } else {
                host = chance.any(living);
            }
            List<Inventory> sent = hosts.getOrDefault(host, new ArrayList<>());
            Inventory next = chance.next(sent.isEmpty() ? null : sent.getLast());
            if (sent.isEmpty() || !next.equals(sent.getLast())) {
                fleet.inventory(host, next);
                sent.add(next);
            }
        }

        private void retireOne() {
            if (living().size() > 2 && random.nextInt(2) == 0) {
                HostId host = chance.any(living());
                fleet.retireHost.retire("test", host);
                retired.add(host);
            }
        }

        private void move() {
            if (!living().isEmpty()) {
                HostId host = chance.any(living());
                String group = group();
                if (fleet.groups.find(group).isEmpty()) {
                    fleet.groups.put(dev.understudy.fleet.Group.named(group));
                }
                fleet.hosts.set(host, new HostSettings(group, null, null, null));
                groups.put(host, group);
            }
        }

        private String group() {
            return "g" + seed + "-" + random.nextInt(2);
        }

        private List<HostId> living() {
            return hosts.keySet().stream().filter(host -> !retired.contains(host)).toList();
        }

        private void remember() {
            Map<HostId, List<Inventory>> copy = new TreeMap<>();
            hosts.forEach((host, sent) -> copy.put(host, List.copyOf(sent)));
            moments.add(
                    new Moment(
                            clock.instant(),
                            copy,
                            Set.copyOf(retired),
                            BruteForce.together(List.copyOf(feeds.values()))));
        }

        private void comparePast() {
            for (int i = 0; i < INSTANTS; i++) {
                Instant time = instant();
                for (String cve : RandomHosts.CVES) {
                    Set<HostId> expected = bruteForce(momentAt(time), cve);
                    assertThat(pastHosts(cve, time, null))
                            .as("history %d, %s at %s", seed, cve, time)
                            .isEqualTo(expected);
                    assertThat(mine(streamed(cve, time))).isEqualTo(expected);
                    String group = "g" + seed + "-0";
                    assertThat(pastHosts(cve, time, group))
                            .as("history %d, %s at %s in %s", seed, cve, time, group)
                            .isEqualTo(
                                    expected.stream()
                                            .filter(host -> group.equals(groups.get(host)))
                                            .collect(Collectors.toSet()));
                    assertThat(past.count(cve, time, group))
                            .isEqualTo(pastHosts(cve, time, group).size());
                    answers += 4;
                    exposures += expected.size();
                }
            }
        }

        /// At a change, just before or after one, or anywhere.
        private Instant instant() {
            Instant at = chance.any(moments).at();
            return switch (random.nextInt(4)) {
                case 0 -> at;
                case 1 -> at.minusMillis(1);
                case 2 -> at.plusMillis(1);
                default -> at.plusSeconds(random.nextInt(100_000) - 50_000L);
            };
        }

        private Moment momentAt(Instant time) {
            return moments.stream()
                    .filter(moment -> !moment.at().isAfter(time))
                    .reduce((_, later) -> later)
                    .orElse(new Moment(time, Map.of(), Set.of(), List.of()));
        }

        private Set<HostId> bruteForce(Moment moment, String cve) {
            return moment.hosts().entrySet().stream()
                    .filter(host -> !moment.retired().contains(host.getKey()))
                    .filter(host -> BruteForce.exposed(host.getValue(), moment.statements(), cve))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
        }

        /// Page by page, two hosts at a time; other histories' hosts are left out.
        private Set<HostId> pastHosts(
                String cve, Instant time, @org.jspecify.annotations.Nullable String group) {
            List<HostId> found = new ArrayList<>();
            HostId after = null;
            do {
                PastExposure.Answer part = past.page(cve, time, group, after, 2);
                part.rows().stream().map(Exposed::host).distinct().forEach(found::add);
                after = part.next();
            } while (after != null);
            assertThat(found).doesNotHaveDuplicates();
            return mine(new HashSet<>(found));
        }

        private Set<HostId> streamed(String cve, Instant time) {
            Set<HostId> found = new HashSet<>();
            past.stream(cve, time, null, rows -> rows.forEach(row -> found.add(row.host())));
            return found;
        }

        private Set<HostId> mine(Set<HostId> found) {
            Set<HostId> mine = new HashSet<>(found);
            mine.retainAll(hosts.keySet());
            return mine;
        }

        private void compareEpisodes() {
            for (String cve : RandomHosts.CVES) {
                List<Episode> found = new ArrayList<>();
                past.episodes(
                        cve,
                        null,
                        episode -> {
                            if (hosts.containsKey(episode.host())) {
                                found.add(episode);
                            }
                        });
                List<Episode> expected = new ArrayList<>();
                hosts.keySet().forEach(host -> expected.addAll(episodes(host, cve)));
                assertThat(found)
                        .as("history %d, episodes of %s", seed, cve)
                        .containsExactlyInAnyOrderElementsOf(expected);
                answers += expected.size();
                expected.forEach(each -> ends.merge(each.end(), 1, Integer::sum));
            }
        }

        private List<Episode> episodes(HostId host, String cve) {
            List<Episode> episodes = new ArrayList<>();
            Instant from = null;
            for (int i = 0; i < moments.size(); i++) {
                boolean now = bruteForce(moments.get(i), cve).contains(host);
                if (now && from == null) {
                    from = moments.get(i).at();
                } else if (!now && from != null) {
                    episodes.add(
                            new Episode(
                                    host,
                                    new Period(from, moments.get(i).at()),
                                    end(host, cve, i)));
                    from = null;
                }
            }
            if (from != null) {
                episodes.add(new Episode(host, new Period(from, null), Episode.End.OPEN));
            }
            return episodes;
        }

        /// What ended it: what happened at that moment without the other thing. Where the host has
        /// still not what its changelogs told of, they only tell no more.
        private Episode.End end(HostId host, String cve, int moment) {
            Moment after = moments.get(moment);
            if (after.retired().contains(host)) {
                return Episode.End.RETIRED;
            }
            Moment before = moments.get(moment - 1);
            List<Inventory> had = before.hosts().getOrDefault(host, List.of());
            List<Inventory> has = after.hosts().getOrDefault(host, List.of());
            boolean untold =
                    has.size() > had.size()
                            && BruteForce.lacksWhatWasTold(had.getLast(), has.getLast(), cve);
            return untold || BruteForce.exposed(has, before.statements(), cve)
                    ? Episode.End.WITHDRAWN
                    : Episode.End.FIXED;
        }

        /// The index says of now what the recomputation says.
        private void compareNow() {
            index.catchUp();
            Moment now = moments.getLast();
            for (String cve : RandomHosts.CVES) {
                Set<HostId> expected = bruteForce(now, cve);
                assertThat(
                                mine(
                                        exposed.all(cve).stream()
                                                .map(Exposed::host)
                                                .collect(Collectors.toSet())))
                        .as("history %d, %s now", seed, cve)
                        .isEqualTo(expected);
                answers++;
            }
        }
    }
}
