package dev.understudy.risk.exposure;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// Who was exposed to a vulnerability at any past instant, and from when to when: what feeds said
/// then against the shapes that hosts had, or still ran, then, and what the hosts' own changelogs
/// told then. Nothing is stored for it but these histories. Hosts are taken to have been in the
/// group that they are in now.
public final class PastExposure {
    private final Database database;
    private final ShapeCatalogue catalogue;
    private final PendingSetRows pendingSets;

    public PastExposure(Database database) {
        this.database = database;
        this.catalogue = new ShapeCatalogue(database);
        this.pendingSets = new PendingSetRows(database);
    }

    /// @param groups how many of the hosts are in each group now
    /// @param next where the next part begins; null at the end
    public record Answer(
            int total, Map<String, Integer> groups, List<Exposed> rows, @Nullable HostId next) {
        public Answer {
            groups = Map.copyOf(groups);
            rows = List.copyOf(rows);
        }
    }

    /// The first `limit` hosts after host `after` that were exposed at `time`, by id.
    public Answer page(
            String cve, Instant time, @Nullable String group, @Nullable HostId after, int limit) {
        return database.inSnapshot(
                () -> {
                    Asked asked = ask(cve, time, group);
                    List<Had> had = asked.hosts(after, limit + 1);
                    List<HostId> hosts = had.stream().map(Had::host).distinct().toList();
                    HostId last = hosts.size() > limit ? hosts.get(limit - 1) : null;
                    Set<HostId> shown = Set.copyOf(hosts.subList(0, Math.min(limit, hosts.size())));
                    Map<String, Integer> groups = asked.groups();
                    return new Answer(
                            groups.values().stream().mapToInt(Integer::intValue).sum(),
                            groups,
                            had.stream()
                                    .filter(each -> shown.contains(each.host()))
                                    .flatMap(asked::explain)
                                    .distinct()
                                    .toList(),
                            last);
                });
    }

    /// Every host that was exposed at `time`, by id.
    public void stream(
            String cve, Instant time, @Nullable String group, Consumer<List<Exposed>> rows) {
        database.inSnapshot(
                () -> {
                    Asked asked = ask(cve, time, group);
                    Batches<Exposed> batches = new Batches<>(rows);
                    asked.hosts(had -> asked.explain(had).forEach(batches::add));
                    batches.finish();
                    return true;
                });
    }

    public int count(String cve, Instant time, @Nullable String group) {
        return database.inSnapshot(() -> ask(cve, time, group).count());
    }

    private Asked ask(String cve, Instant time, @Nullable String group) {
        catalogue.catchUp();
        List<ShapeCatalogue.Affected> affected =
                history(cve).stream()
                        .filter(held -> held.holdsAt(time))
                        .map(held -> catalogue.affected(held.statement()))
                        .toList();
        return new Asked(affected, Told.of(pendingSets.naming(cve), cve), time, group);
    }

    /// A statement and when it was in force.
    private record InForce(Statement statement, Period period) {
        boolean holdsAt(Instant time) {
            Instant to = period.to();
            return !period.from().isAfter(time) && (to == null || to.isAfter(time));
        }
    }

    private List<InForce> history(String cve) {
        return database.sql(
                        """
                        select id, feed, release, package_kind, source, advisory, introduced, fixed,
                               last_affected, urgency, cves, published, from_at, to_at, stream
                        from advisory.published_fix_history
                        where cves @> array[:cve]::text[]
                           or (advisory = :cve and cardinality(cves) = 0)
                        """)
                .param("cve", cve)
                .query((row, _) -> new InForce(IndexRows.statement(row), period(row)))
                .list();
    }

    static Period period(ResultSet row) throws SQLException {
        Timestamp to = row.getTimestamp("to_at");
        return new Period(
                row.getTimestamp("from_at").toInstant(), to == null ? null : to.toInstant());
    }

    /// A shape that a host had then, or of which it still ran something, and what was told of it.
    ///
    /// @param told number of the set; 0 where nothing was
    private record Had(HostId host, int shape, int told, boolean installed, boolean kernelOnly) {
        static Had read(ResultSet row) throws SQLException {
            String scope = row.getString("scope");
            return new Had(
                    new HostId(row.getObject("host", UUID.class)),
                    row.getInt("shape"),
                    row.getInt("told"),
                    scope.equals("INSTALLED"),
                    scope.equals("KERNEL"));
        }
    }

    /// One question about one instant.
    private final class Asked {
        private static final String AFFECTED =
                """
                with asked as (
                    select ?::int[] as affected, ?::int[] as kernel, ?::int[] as told,
                           ?::int[] as told_kernel, ?::timestamptz as time
                ), then_told as (
                    select t.host, t.told
                    from asked a, fleet.published_told_history t
                    where t.told = any (a.told)
                      and t.from_at <= a.time and (t.to_at is null or t.to_at > a.time)
                ), had as (
                    select s.host, s.shape, null::int as told, 'INSTALLED' as scope
                    from asked a, fleet.published_shape_history s
                    where s.shape = any (a.affected)
                      and s.from_at <= a.time and (s.to_at is null or s.to_at > a.time)
                    union all
                    select t.host, s.shape, t.told, 'INSTALLED'
                    from asked a
                    cross join then_told t
                    join fleet.published_shape_history s
                      on s.host = t.host
                     and s.from_at <= a.time and (s.to_at is null or s.to_at > a.time)
                    union all
                    select h.host, h.shape, h.told, h.scope
                    from asked a, fleet.published_held_shapes h
                    where (h.scope = 'ANY'
                             and (h.shape = any (a.affected) or h.told = any (a.told))
                           or h.scope = 'KERNEL'
                             and (h.shape = any (a.kernel) or h.told = any (a.told_kernel)))
                      and h.from_at <= a.time and (h.to_at is null or h.to_at > a.time)
                ), chosen as (
                    select d.host, d.shape, d.told, d.scope, h.group_name
                    from had d
                    join fleet.published_hosts h on h.id = d.host
                    where ?::text is null or h.group_name = ?::text
                )
                """;

        private final List<ShapeCatalogue.Affected> affected;
        private final Told told;
        private final @Nullable Object[] arguments;

        Asked(
                List<ShapeCatalogue.Affected> affected,
                Told told,
                Instant time,
                @Nullable String group) {
            this.affected = affected;
            this.told = told;
            Integer[] kernel =
                    numbers(
                            affected.stream()
                                    .filter(each -> KnownAs.kernel(each.statement().source()))
                                    .toList());
            this.arguments =
                    new @Nullable Object[] {
                        numbers(affected),
                        kernel,
                        told.numbers(false),
                        told.numbers(true),
                        Timestamp.from(time),
                        group,
                        group
                    };
        }

        int count() {
            return database.sql(AFFECTED + "select count(distinct host) from chosen")
                    .params(Arrays.asList(arguments))
                    .query(Integer.class)
                    .single();
        }

        Map<String, Integer> groups() {
            Map<String, Integer> groups = new TreeMap<>();
            database.sql(
                            AFFECTED
                                    + """
                                    select group_name, count(distinct host) as hosts
                                    from chosen
                                    group by group_name
                                    """)
                    .params(Arrays.asList(arguments))
                    .query(
                            row -> {
                                groups.put(row.getString("group_name"), row.getInt("hosts"));
                            });
            return groups;
        }

        List<Had> hosts(@Nullable HostId after, int limit) {
            List<@Nullable Object> all = new ArrayList<>(Arrays.asList(arguments));
            String from = after == null ? null : after.toString();
            all.addAll(Arrays.asList(from, from, limit));
            return database.sql(
                            AFFECTED
                                    + """
                                    select host, shape, told, scope
                                    from chosen
                                    where host in (select distinct host from chosen
                                                   where ?::uuid is null or host > ?::uuid
                                                   order by host
                                                   limit ?)
                                    order by host, told nulls first
                                    """)
                    .params(all)
                    .query((row, _) -> Had.read(row))
                    .list();
        }

        void hosts(Consumer<Had> taken) {
            database.stream(
                    AFFECTED
                            + "select host, shape, told, scope from chosen"
                            + " order by host, told nulls first",
                    row -> taken.accept(Had.read(row)),
                    arguments);
        }

        /// What statements tell of a package, its changelog need not tell again.
        Stream<Exposed> explain(Had had) {
            List<ShapeCatalogue.Affected> said =
                    affected.stream()
                            .filter(
                                    each ->
                                            !had.kernelOnly()
                                                    || KnownAs.kernel(each.statement().source()))
                            .filter(each -> each.in(had.shape()) != null)
                            .toList();
            Stream<Exposed> changelogs =
                    told.of(had.told(), had.kernelOnly()).stream()
                            .filter(
                                    each ->
                                            said.stream()
                                                    .noneMatch(
                                                            one ->
                                                                    one.statement()
                                                                            .source()
                                                                            .equals(each.known())))
                            .map(each -> exposed(had, each));
            return Stream.concat(said.stream().flatMap(each -> exposed(had, each)), changelogs);
        }

        private Exposed exposed(Had had, PendingSet.Upgrade each) {
            String release = catalogue.release(had.shape());
            return new Exposed(
                    had.host(),
                    release,
                    each.known(),
                    catalogue.version(had.shape(), release, each.known()),
                    each.knownVersion(),
                    "changelog",
                    had.installed() ? each.patch(release) : null,
                    had.installed(),
                    "");
        }

        private static Stream<Exposed> exposed(Had had, ShapeCatalogue.Affected each) {
            SourceVersions.Installed version = each.in(had.shape());
            Statement says = each.statement();
            return version == null
                    ? Stream.empty()
                    : Stream.of(
                            new Exposed(
                                    had.host(),
                                    says.release(),
                                    says.source(),
                                    version.version(),
                                    says.fixed(),
                                    says.advisory(),
                                    null,
                                    had.installed(),
                                    says.assumed(version.of().module())));
        }
    }

    private static Integer[] numbers(List<ShapeCatalogue.Affected> affected) {
        return IntStream.of(
                        ExposureIndex.union(
                                        affected.stream()
                                                .map(ShapeCatalogue.Affected::shapes)
                                                .toList())
                                .toArray())
                .boxed()
                .toArray(Integer[]::new);
    }

    /// Every time in which a host was exposed, host after host.
    public void episodes(String cve, @Nullable String group, Consumer<Episode> taken) {
        database.inSnapshot(
                () -> {
                    catalogue.catchUp();
                    List<Said> said =
                            history(cve).stream()
                                    .map(held -> Said.of(held, catalogue))
                                    .filter(each -> !each.shapes().isEmpty())
                                    .toList();
                    new PastEpisodes(database, catalogue)
                            .of(said, Told.of(pendingSets.naming(cve), cve), group, taken);
                    return true;
                });
    }

    /// How long exposures to it lasted, as of `now`.
    public Survival survival(String cve, @Nullable String group, Instant now) {
        Survival.Builder survival = new Survival.Builder(now);
        episodes(cve, group, survival::add);
        return survival.build();
    }

    /// When a statement was in force, and the shapes that it affects.
    record Said(Period period, RoaringBitmap shapes, boolean kernel) {
        private static Said of(InForce held, ShapeCatalogue catalogue) {
            return new Said(
                    held.period(),
                    catalogue.affected(held.statement()).shapes(),
                    KnownAs.kernel(held.statement().source()));
        }
    }
}
