package dev.understudy.risk.exposure;

import dev.understudy.advisory.Releases;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.version.VersionOrder;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads from the database what the index is made of. Every method is called in a snapshot; none
/// holds more than a batch.
final class IndexRows {
    /// What a snapshot did not see. The third bound leaves out stamps that a restored dump brought
    /// from another cluster.
    private static final String UNSEEN =
            """
             changed >= pg_snapshot_xmin(?::pg_snapshot)
             and changed < pg_snapshot_xmax(pg_current_snapshot())
             and not pg_visible_in_snapshot(changed, ?::pg_snapshot)
            """;

    private final Database database;
    private final PendingSetRows pendingSets;
    private final Map<Integer, PackageRow> packages = new HashMap<>();

    IndexRows(Database database) {
        this.database = database;
        this.pendingSets = new PendingSetRows(database);
    }

    PendingSetRows pendingSets() {
        return pendingSets;
    }

    /// A package version; most shapes share most of them.
    private record PackageRow(
            String name,
            String own,
            String source,
            String version,
            boolean installed,
            @Nullable String module) {}

    Position position() {
        return database.sql(
                        """
                        select pg_current_snapshot()::text as snapshot,
                               pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest
                        """)
                .query((row, _) -> new Position(row.getString("snapshot"), row.getLong("newest")))
                .single();
    }

    /// Every shape that a host has or still runs.
    void allShapes(Consumer<List<Shape>> taken) {
        allPackages();
        Batches<Shape> batches = new Batches<>(taken);
        database.stream(
                """
                select number, distribution, version, codename, package_manager, packages
                from fleet.published_shapes
                where number in (select shape from fleet.published_exposure_hosts
                                 union
                                 select shape from fleet.published_held_shapes where to_at is null)
                """,
                row -> batches.add(shape(row)));
        batches.finish();
    }

    private void allPackages() {
        database.stream(
                "select id, name, version, source_name, source_version, status, module from"
                        + " fleet.published_packages",
                this::keepPackage);
    }

    /// Every shape that there ever was, but those in `known`.
    void shapesBeside(Set<Integer> known, Consumer<List<Shape>> taken) {
        Set<Integer> missing = new HashSet<>();
        database.stream(
                "select number from fleet.published_shapes",
                row -> {
                    if (!known.contains(row.getInt("number"))) {
                        missing.add(row.getInt("number"));
                    }
                });
        if (missing.size() > Batches.SIZE) {
            allPackages();
        }
        Batches<Integer> batches =
                new Batches<>(numbers -> taken.accept(shapes(Set.copyOf(numbers))));
        missing.forEach(batches::add);
        batches.finish();
    }

    List<Shape> shapes(Set<Integer> numbers) {
        if (numbers.isEmpty()) {
            return List.of();
        }
        Integer[] wanted = numbers.toArray(Integer[]::new);
        Set<Integer> unknown = new HashSet<>();
        database.sql("select packages from fleet.published_shapes where number = any (:numbers)")
                .param("numbers", wanted)
                .query(
                        row -> {
                            unknown.addAll(Arrays.asList(ints(row.getArray("packages"))));
                        });
        unknown.removeAll(packages.keySet());
        if (!unknown.isEmpty()) {
            database.sql(
                            """
                            select id, name, version, source_name, source_version, status, module
                            from fleet.published_packages
                            where id = any (:ids)
                            """)
                    .param("ids", unknown.toArray(Integer[]::new))
                    .query(
                            row -> {
                                keepPackage(row);
                            });
        }
        List<Shape> shapes = new ArrayList<>();
        database.sql(
                        """
                        select number, distribution, version, codename, package_manager, packages
                        from fleet.published_shapes
                        where number = any (:numbers)
                        """)
                .param("numbers", wanted)
                .query(
                        row -> {
                            shapes.add(shape(row));
                        });
        return shapes;
    }

    private void keepPackage(ResultSet row) throws SQLException {
        packages.put(
                row.getInt("id"),
                new PackageRow(
                        row.getString("name").intern(),
                        row.getString("version").intern(),
                        row.getString("source_name").intern(),
                        row.getString("source_version").intern(),
                        KnownAs.installed(row.getString("status")),
                        module(row.getString("module"))));
    }

    /// A question mark stands for what the host does not tell.
    private static @Nullable String module(String kept) {
        return kept.equals("?") ? null : kept.intern();
    }

    /// A shape whose package manager's order is not known here has no versions: nothing can be said
    /// of them.
    private Shape shape(ResultSet row) throws SQLException {
        Optional<VersionOrder> order = Orders.of(row.getString("package_manager"));
        Set<Shape.SourceVersion> versions = new HashSet<>();
        if (order.isPresent()) {
            for (int id : ints(row.getArray("packages"))) {
                PackageRow each = packages.get(id);
                if (each != null && each.installed()) {
                    addNames(versions, each, order.get());
                }
            }
        }
        return new Shape(
                row.getInt("number"),
                release(row),
                order.orElse(VersionOrder.DPKG),
                List.copyOf(versions));
    }

    /// Advisories of rpm and apk distributions name binary or source packages.
    private static void addNames(
            Set<Shape.SourceVersion> versions, PackageRow each, VersionOrder order) {
        String source = KnownAs.source(each.source());
        versions.add(
                new Shape.SourceVersion(
                        source, KnownAs.version(source, each.version()).intern(), each.module()));
        if (order != VersionOrder.DPKG) {
            versions.add(
                    new Shape.SourceVersion(
                            KnownAs.binary(each.name()).intern(), each.own(), each.module()));
        }
    }

    private static String release(ResultSet row) throws SQLException {
        return Releases.ofHost(
                row.getString("distribution"), row.getString("version"), row.getString("codename"));
    }

    /// Every host that has a shape, those of equal shape together.
    void allHosts(Consumer<List<HostFacts>> taken) {
        Map<HostId, List<HostFacts.Held>> held = new HashMap<>();
        database.stream(
                "select host, shape, scope, told from fleet.published_held_shapes"
                        + " where to_at is null",
                row -> addHeld(row, held));
        Batches<HostFacts> batches = new Batches<>(taken);
        database.stream(
                """
                select id, group_name, exposure, criticality, shape, pending
                from fleet.published_exposure_hosts
                where shape is not null
                order by shape
                """,
                row -> batches.add(facts(row, held)));
        batches.finish();
    }

    /// The hosts that changed since `position`, in batches.
    void hostsSince(Position position, Consumer<List<HostFacts>> taken) {
        Batches<RawHost> batches = new Batches<>(raw -> taken.accept(withHeld(raw)));
        database.stream(
                "select id, group_name, exposure, criticality, shape, pending"
                        + " from fleet.published_exposure_hosts where"
                        + UNSEEN,
                row -> batches.add(RawHost.read(row)),
                position.snapshot(),
                position.snapshot());
        batches.finish();
    }

    private List<HostFacts> withHeld(List<RawHost> raw) {
        Map<HostId, List<HostFacts.Held>> held = new HashMap<>();
        database.sql(
                        """
                        select host, shape, scope, told
                        from fleet.published_held_shapes
                        where to_at is null and host = any (:hosts)
                        """)
                .param("hosts", raw.stream().map(each -> each.host().value()).toArray(UUID[]::new))
                .query(
                        row -> {
                            addHeld(row, held);
                        });
        return raw.stream().map(each -> each.facts(held)).toList();
    }

    private static void addHeld(ResultSet row, Map<HostId, List<HostFacts.Held>> held)
            throws SQLException {
        held.computeIfAbsent(new HostId(row.getObject("host", UUID.class)), _ -> new ArrayList<>(1))
                .add(
                        new HostFacts.Held(
                                row.getInt("shape"),
                                row.getString("scope").equals("KERNEL"),
                                row.getInt("told")));
    }

    private static HostFacts facts(ResultSet row, Map<HostId, List<HostFacts.Held>> held)
            throws SQLException {
        return RawHost.read(row).facts(held);
    }

    private record RawHost(HostId host, Stratum of, int shape, int pending) {
        static RawHost read(ResultSet row) throws SQLException {
            return new RawHost(
                    new HostId(row.getObject("id", UUID.class)),
                    new Stratum(
                            row.getString("group_name"),
                            Exposure.valueOf(row.getString("exposure")),
                            Criticality.valueOf(row.getString("criticality"))),
                    row.getInt("shape"),
                    row.getInt("pending"));
        }

        HostFacts facts(Map<HostId, List<HostFacts.Held>> held) {
            return new HostFacts(
                    host,
                    of,
                    shape,
                    pending,
                    shape == 0 ? List.of() : held.getOrDefault(host, List.of()));
        }
    }

    /// Every statement in force.
    void allStatements(Consumer<List<Statement>> taken) {
        Batches<Statement> batches = new Batches<>(taken);
        database.stream(
                """
                select id, feed, release, package_kind, source, advisory, introduced, fixed,
                       last_affected, urgency, cves, published, from_at, stream
                from advisory.published_fix_history
                where to_at is null
                """,
                row -> batches.add(statement(row)));
        batches.finish();
    }

    /// The statements that came or went since `position`, all at once: an import is seen whole.
    IndexChange statementsSince(Position position) {
        List<Long> ended = new ArrayList<>();
        List<Statement> begun = new ArrayList<>();
        database.stream(
                "select id, feed, release, package_kind, source, advisory, introduced, fixed,"
                        + " last_affected, urgency, cves, published, from_at, to_at, stream from advisory.published_fix_history where"
                        + UNSEEN,
                row -> {
                    if (row.getTimestamp("to_at") == null) {
                        begun.add(statement(row));
                    } else {
                        ended.add(row.getLong("id"));
                    }
                },
                position.snapshot(),
                position.snapshot());
        return IndexChange.statements(ended, begun);
    }

    static Statement statement(ResultSet row) throws SQLException {
        Timestamp published = row.getTimestamp("published");
        return new Statement(
                row.getLong("id"),
                row.getString("feed").intern(),
                row.getString("advisory"),
                row.getString("release").intern(),
                row.getString("package_kind").equals("BINARY")
                        ? KnownAs.binary(row.getString("source")).intern()
                        : row.getString("source").intern(),
                row.getString("introduced").intern(),
                interned(row.getString("fixed")),
                interned(row.getString("last_affected")),
                row.getString("urgency").intern(),
                Arrays.stream(texts(row.getArray("cves"))).map(String::intern).toList(),
                published == null ? null : published.toInstant(),
                row.getTimestamp("from_at").toInstant(),
                row.getString("stream").intern());
    }

    private static @Nullable String interned(@Nullable String text) {
        return text == null ? null : text.intern();
    }

    private static String[] texts(Array array) throws SQLException {
        return (String[]) array.getArray();
    }

    private static Integer[] ints(Array array) throws SQLException {
        return (Integer[]) array.getArray();
    }

    /// The shapes that these hosts have or still run.
    static Collection<Integer> shapesOf(List<HostFacts> hosts) {
        Set<Integer> shapes = new HashSet<>();
        for (HostFacts each : hosts) {
            shapes.add(each.shape());
            each.held().forEach(held -> shapes.add(held.shape()));
        }
        return shapes;
    }
}
