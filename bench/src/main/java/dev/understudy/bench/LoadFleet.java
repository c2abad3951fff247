package dev.understudy.bench;

import dev.understudy.fleetsim.Fixes;
import dev.understudy.fleetsim.Fleet;
import dev.understudy.fleetsim.SourceNames;
import dev.understudy.platform.Database;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.InstalledPackage;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/// Puts a simulated fleet into an empty database, as its hosts would have filled it over half a
/// year: packages, shapes, hosts, which shape each had when, what is pending, and the real fixes.
final class LoadFleet {
    static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");
    private static final int GROUPS = 40;
    private static final String CAPABILITIES =
            "{\"packageManager\":\"apt\",\"twin\":true,\"twinProblem\":\"\",\"mode\":\"MANAGED\",\"probes\":[]}";

    private final Database database;
    private final Fleet fleet;
    private final List<String> digests;
    private final Map<InstalledPackage, Integer> packages = new HashMap<>();

    LoadFleet(Database database, Fleet fleet) {
        this.database = database;
        this.fleet = fleet;
        this.digests = fleet.shapes().stream().map(LoadFleet::digest).toList();
    }

    private static String digest(Fleet.Shape shape) {
        StringBuilder text = new StringBuilder(shape.platform().codename());
        shape.packages().forEach(text::append);
        return Digests.sha256(text.toString());
    }

    /// @return how long it took
    Duration load(Path data, SourceNames sources) {
        Instant began = Instant.now();
        try (Connection connection = database.source().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                // Everything refers to what was loaded just before; checking that row by row would
                // take longer than the loading.
                statement.execute("set local session_replication_role = replica");
                statement.execute(
                        "truncate fleet.packages, fleet.shapes, fleet.pending_sets, fleet.hosts,"
                                + " fleet.shape_history, advisory.fix_history restart identity"
                                + " cascade");
                statement.execute("delete from fleet.groups where name like 'group-%'");
            }
            groups(connection);
            packages(connection);
            shapes(connection);
            pendingSets(connection);
            hosts(connection);
            history(connection);
            fixes(connection, data, sources);
            connection.commit();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("vacuum (analyze)");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The fleet cannot be loaded: " + e.getMessage(), e);
        }
        return Duration.between(began, Instant.now());
    }

    private static void groups(Connection connection) throws SQLException {
        try (Rows rows =
                new Rows(connection, "fleet.groups (name, environment, criticality, exposure)")) {
            for (int group = 0; group < GROUPS; group++) {
                rows.add("group-" + group, "PROD", "MEDIUM", "INTERNAL");
            }
        }
    }

    private void packages(Connection connection) throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "fleet.packages (id, name, architecture, version, source_name,"
                                + " source_version, status)")) {
            for (Fleet.Shape shape : fleet.shapes()) {
                for (InstalledPackage each : shape.packages()) {
                    int id = packages.size() + 1;
                    if (packages.putIfAbsent(each, id) == null) {
                        rows.add(
                                id,
                                each.name(),
                                each.architecture(),
                                each.version(),
                                each.sourceName(),
                                each.sourceVersion(),
                                each.status());
                    }
                }
            }
        }
    }

    private void shapes(Connection connection) throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "fleet.shapes (number, digest, distribution, version, codename,"
                                + " package_manager, packages, first_seen)")) {
            Set<String> seen = new HashSet<>();
            for (int shape = 0; shape < digests.size(); shape++) {
                Fleet.Shape each = fleet.shapes().get(shape);
                if (seen.add(digests.get(shape))) {
                    rows.add(
                            shape + 1,
                            digests.get(shape),
                            each.platform().distribution(),
                            each.platform().version(),
                            each.platform().codename(),
                            "apt",
                            Rows.array(each.packages().stream().map(packages::get).toList()),
                            NOW);
                }
            }
        }
    }

    /// What would bring each shape to the one that follows it.
    private void pendingSets(Connection connection) throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "fleet.pending_sets (number, digest, sources, versions, cves, security)")) {
            for (int shape = 0; shape < digests.size(); shape++) {
                Fleet.Shape each = fleet.shapes().get(shape);
                Set<String> installed = new HashSet<>();
                each.packages().forEach(p -> installed.add(p.sourceName() + p.sourceVersion()));
                Map<String, String> pending = new HashMap<>();
                for (InstalledPackage next : fleet.shapes().get(each.patched()).packages()) {
                    if (!installed.contains(next.sourceName() + next.sourceVersion())) {
                        pending.put(next.sourceName(), next.sourceVersion());
                    }
                }
                List<String> names = List.copyOf(pending.keySet());
                rows.add(
                        shape + 1,
                        Digests.sha256("pending " + shape),
                        Rows.array(names),
                        Rows.array(names.stream().map(pending::get).toList()),
                        Rows.array(names.stream().map(_ -> "").toList()),
                        Rows.array(names.stream().map(_ -> "t").toList()));
            }
        }
    }

    static UUID host(int number) {
        Random random = new Random(number);
        return new UUID(random.nextLong(), random.nextLong());
    }

    private void hosts(Connection connection) throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "fleet.hosts (id, name, machine_id, group_name, enrolled_at, shape,"
                                + " pending, platform, capabilities)")) {
            Counter number = new Counter();
            eachHost(
                    shape -> {
                        int host = number.next();
                        Fleet.Shape each = fleet.shapes().get(shape);
                        rows.add(
                                host(host),
                                "host-" + host,
                                "machine-" + host,
                                "group-" + (host % GROUPS),
                                NOW.minus(Duration.ofDays(180)),
                                digests.get(shape),
                                Digests.sha256("pending " + shape),
                                "{\"distribution\":\"ubuntu\",\"version\":\"%s\",\"codename\":\"%s\",\"prettyName\":\"Ubuntu\",\"architecture\":\"amd64\",\"virtualization\":\"kvm\"}"
                                        .formatted(
                                                each.platform().version(),
                                                each.platform().codename()),
                                CAPABILITIES);
                    });
        }
    }

    /// Two of three hosts had an older shape until some day of the last half year.
    private void history(Connection connection) throws SQLException {
        Random random = new Random(1);
        List<Integer> older = new ArrayList<>();
        for (int shape = 0; shape < digests.size(); shape++) {
            older.add(shape % 2 == 1 ? shape - 1 : shape);
        }
        try (Rows rows =
                new Rows(connection, "fleet.shape_history (host, shape, from_at, to_at)")) {
            Counter number = new Counter();
            eachHost(
                    shape -> {
                        UUID host = host(number.next());
                        Instant first = NOW.minus(Duration.ofDays(180));
                        Instant changed = first.plusSeconds(random.nextInt(180 * 86_400));
                        if (older.get(shape) != shape) {
                            rows.add(host, digests.get(older.get(shape)), first, changed);
                            rows.add(host, digests.get(shape), changed, null);
                        } else {
                            rows.add(host, digests.get(shape), first, null);
                        }
                    });
        }
    }

    private void fixes(Connection connection, Path data, SourceNames sources) throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "advisory.fix_history (feed, ecosystem, release, package_kind, source,"
                                + " advisory, introduced, fixed, urgency, cves, from_at)")) {
            Random random = new Random(2);
            Fixes.read(
                    data,
                    sources,
                    fix -> {
                        try {
                            rows.add(
                                    "osv-ubuntu",
                                    "Ubuntu",
                                    fix.release(),
                                    "SOURCE",
                                    fix.source(),
                                    fix.advisory(),
                                    "0",
                                    fix.fixed(),
                                    "",
                                    Rows.array(fix.cves()),
                                    NOW.minus(Duration.ofDays(30 + random.nextInt(150))));
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    });
        } catch (IOException e) {
            throw Rows.unreadable(e);
        }
    }

    private interface ShapeTaker {
        void take(int shape) throws SQLException;
    }

    private void eachHost(ShapeTaker taker) {
        fleet.eachHost(
                shape -> {
                    try {
                        taker.take(shape);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static final class Counter {
        private int next;

        int next() {
            return next++;
        }
    }
}
