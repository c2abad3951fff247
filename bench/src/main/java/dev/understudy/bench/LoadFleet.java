package dev.understudy.bench;

import dev.understudy.fleetsim.Churn;
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
    private static final int DAYS = 180;
    private static final Instant BEGAN = NOW.minus(Duration.ofDays(DAYS));
    private static final String CAPABILITIES =
            "{\"packageManager\":\"apt\",\"twin\":true,\"twinReason\":\"\",\"mode\":\"MANAGED\",\"refusals\":[]}";

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

    /// The digest of each shape, by its number.
    List<String> digests() {
        return digests;
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
            goOn(connection);
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

    /// What comes after this gets the numbers after these.
    private static void goOn(Connection connection) throws SQLException {
        for (String of : List.of("packages.id", "shapes.number", "pending_sets.number")) {
            String[] names = of.split("\\.");
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "select setval(pg_get_serial_sequence('fleet.%1$s', '%2$s'), max(%2$s)) from fleet.%1$s"
                                .formatted(names[0], names[1]));
            }
        }
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

    /// Those that have left have no shape any more.
    private void hosts(Connection connection) throws SQLException {
        try (Rows rows =
                new Rows(
                        connection,
                        "fleet.hosts (id, name, machine_id, group_name, enrolled_at, retired_at,"
                                + " shape, pending, platform, capabilities)")) {
            eachLife(
                    life -> {
                        int shape = life.lastShape();
                        Integer left = life.left();
                        rows.add(
                                host(life.host()),
                                "host-" + life.host(),
                                "machine-" + life.host(),
                                "group-" + (life.host() % GROUPS),
                                BEGAN.plusSeconds(life.stays().getFirst().from()),
                                left == null ? null : BEGAN.plusSeconds(left),
                                digests.get(shape),
                                Digests.sha256("pending " + shape),
                                platform(fleet.shapes().get(shape)),
                                CAPABILITIES);
                    });
        }
    }

    private static String platform(Fleet.Shape shape) {
        return "{\"distribution\":\"ubuntu\",\"version\":\"%s\",\"codename\":\"%s\",\"prettyName\":\"Ubuntu\",\"architecture\":\"amd64\",\"virtualization\":\"kvm\"}"
                .formatted(shape.platform().version(), shape.platform().codename());
    }

    private void history(Connection connection) throws SQLException {
        try (Rows rows =
                new Rows(connection, "fleet.shape_history (host, shape, from_at, to_at)")) {
            eachLife(
                    life -> {
                        for (Churn.Stay stay : life.stays()) {
                            Integer to = stay.to();
                            rows.add(
                                    host(life.host()),
                                    digests.get(stay.shape()),
                                    BEGAN.plusSeconds(stay.from()),
                                    to == null ? null : BEGAN.plusSeconds(to));
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

    private interface LifeTaker {
        void take(Churn.Life life) throws SQLException;
    }

    private void eachLife(LifeTaker taker) {
        new Churn(fleet, DAYS)
                .eachLife(
                        life -> {
                            try {
                                taker.take(life);
                            } catch (SQLException e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }
}
