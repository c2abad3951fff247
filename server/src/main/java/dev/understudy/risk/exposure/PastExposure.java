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
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// Who was exposed to a vulnerability at any past instant, and from when to when: what feeds said
/// then against the shapes that hosts had, or still ran, then. Nothing is stored for it but those
/// two histories. What only hosts' changelogs told is not part of it, and hosts are taken to have
/// been in the group that they are in now.
public final class PastExposure {
    private final Database database;
    private final ShapeCatalogue catalogue;

    public PastExposure(Database database) {
        this.database = database;
        this.catalogue = new ShapeCatalogue(database);
    }

    /// @param next where the next part begins; null at the end
    public record Answer(int total, List<Exposed> rows, @Nullable HostId next) {
        public Answer {
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
                    return new Answer(
                            asked.count(),
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
        return new Asked(affected, time, group);
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
                               last_affected, urgency, cves, published, from_at, to_at
                        from advisory.published_fix_history
                        where cves @> array[:cve]::text[]
                           or (advisory = :cve and cardinality(cves) = 0)
                        """)
                .param("cve", cve)
                .query((row, _) -> new InForce(IndexRows.statement(row), period(row)))
                .list();
    }

    private static Period period(ResultSet row) throws SQLException {
        Timestamp to = row.getTimestamp("to_at");
        return new Period(
                row.getTimestamp("from_at").toInstant(), to == null ? null : to.toInstant());
    }

    /// A shape that a host had then, or of which it still ran something.
    private record Had(HostId host, int shape, boolean installed, boolean kernelOnly) {
        static Had read(ResultSet row) throws SQLException {
            String scope = row.getString("scope");
            return new Had(
                    new HostId(row.getObject("host", UUID.class)),
                    row.getInt("shape"),
                    scope.equals("INSTALLED"),
                    scope.equals("KERNEL"));
        }
    }

    /// One question about one instant.
    private final class Asked {
        private static final String AFFECTED =
                """
                with had as (
                    select host, shape, 'INSTALLED' as scope
                    from fleet.published_shape_history
                    where shape = any (?::int[])
                      and from_at <= ?::timestamptz and (to_at is null or to_at > ?::timestamptz)
                    union all
                    select host, shape, scope
                    from fleet.published_held_shapes
                    where (scope = 'ANY' and shape = any (?::int[])
                           or scope = 'KERNEL' and shape = any (?::int[]))
                      and from_at <= ?::timestamptz and (to_at is null or to_at > ?::timestamptz)
                ), chosen as (
                    select d.host, d.shape, d.scope
                    from had d
                    join fleet.published_hosts h on h.id = d.host
                    where ?::text is null or h.group_name = ?::text
                )
                """;

        private final List<ShapeCatalogue.Affected> affected;
        private final @Nullable Object[] arguments;

        Asked(List<ShapeCatalogue.Affected> affected, Instant time, @Nullable String group) {
            this.affected = affected;
            Integer[] any = numbers(affected);
            Integer[] kernel =
                    numbers(
                            affected.stream()
                                    .filter(each -> KnownAs.kernel(each.statement().source()))
                                    .toList());
            Timestamp at = Timestamp.from(time);
            this.arguments =
                    new @Nullable Object[] {any, at, at, any, kernel, at, at, group, group};
        }

        int count() {
            return database.sql(AFFECTED + "select count(distinct host) from chosen")
                    .params(Arrays.asList(arguments))
                    .query(Integer.class)
                    .single();
        }

        List<Had> hosts(@Nullable HostId after, int limit) {
            List<@Nullable Object> all = new ArrayList<>(Arrays.asList(arguments));
            String from = after == null ? null : after.toString();
            all.addAll(Arrays.asList(from, from, limit));
            return database.sql(
                            AFFECTED
                                    + """
                                    select host, shape, scope
                                    from chosen
                                    where host in (select distinct host from chosen
                                                   where ?::uuid is null or host > ?::uuid
                                                   order by host
                                                   limit ?)
                                    order by host
                                    """)
                    .params(all)
                    .query((row, _) -> Had.read(row))
                    .list();
        }

        void hosts(Consumer<Had> taken) {
            database.stream(
                    AFFECTED + "select host, shape, scope from chosen order by host",
                    row -> taken.accept(Had.read(row)),
                    arguments);
        }

        Stream<Exposed> explain(Had had) {
            return affected.stream()
                    .filter(each -> !had.kernelOnly() || KnownAs.kernel(each.statement().source()))
                    .flatMap(each -> exposed(had, each));
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
                                    had.installed()));
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
                    episodes(said, group, taken);
                    return true;
                });
    }

    /// How long exposures to it lasted, as of `now`.
    public Survival survival(String cve, @Nullable String group, Instant now) {
        Survival.Builder survival = new Survival.Builder(now);
        episodes(cve, group, survival::add);
        return survival.build();
    }

    private record Said(Period period, RoaringBitmap shapes, boolean kernel) {
        static Said of(InForce held, ShapeCatalogue catalogue) {
            return new Said(
                    held.period(),
                    catalogue.affected(held.statement()).shapes(),
                    KnownAs.kernel(held.statement().source()));
        }
    }

    private void episodes(List<Said> said, @Nullable String group, Consumer<Episode> taken) {
        Integer[] shapes =
                IntStream.of(
                                ExposureIndex.union(said.stream().map(Said::shapes).toList())
                                        .toArray())
                        .boxed()
                        .toArray(Integer[]::new);
        OneHost host = new OneHost(taken);
        database.stream(
                """
                select d.host, d.shape, d.scope, d.from_at, d.to_at, h.retired_at
                from (select host, shape, 'INSTALLED' as scope, from_at, to_at
                      from fleet.published_shape_history
                      where shape = any (?::int[])
                      union all
                      select host, shape, scope, from_at, to_at
                      from fleet.published_held_shapes
                      where shape = any (?::int[])) d
                join fleet.published_hosts h on h.id = d.host
                where ?::text is null or h.group_name = ?::text
                order by d.host
                """,
                row -> host.take(row, said),
                shapes,
                shapes,
                group,
                group);
        host.finish();
    }

    /// Gathers the rows of one host, which come together.
    private static final class OneHost {
        private final Consumer<Episode> taken;
        private final List<Episodes.Piece> pieces = new ArrayList<>();
        private @Nullable HostId host;
        private @Nullable Instant retired;

        OneHost(Consumer<Episode> taken) {
            this.taken = taken;
        }

        void take(ResultSet row, List<Said> said) throws SQLException {
            HostId next = new HostId(row.getObject("host", UUID.class));
            if (!next.equals(host)) {
                finish();
                host = next;
                Timestamp left = row.getTimestamp("retired_at");
                retired = left == null ? null : left.toInstant();
            }
            Period had = period(row);
            int shape = row.getInt("shape");
            boolean kernelOnly = row.getString("scope").equals("KERNEL");
            for (Said each : said) {
                if (each.shapes().contains(shape) && (!kernelOnly || each.kernel())) {
                    had.and(each.period())
                            .ifPresent(
                                    both ->
                                            pieces.add(
                                                    new Episodes.Piece(
                                                            both, each.period().endsBefore(had))));
                }
            }
        }

        void finish() {
            if (host != null) {
                Episodes.of(host, pieces, retired).forEach(taken);
            }
            pieces.clear();
        }
    }
}
