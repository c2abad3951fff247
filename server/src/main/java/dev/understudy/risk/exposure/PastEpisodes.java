package dev.understudy.risk.exposure;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Reads the histories of hosts and puts together when each was exposed to one vulnerability.
final class PastEpisodes {
    private final Database database;
    private final ShapeCatalogue catalogue;

    PastEpisodes(Database database, ShapeCatalogue catalogue) {
        this.database = database;
        this.catalogue = catalogue;
    }

    void of(
            List<PastExposure.Said> said,
            Told told,
            @Nullable String group,
            Consumer<Episode> taken) {
        Integer[] shapes =
                IntStream.of(
                                ExposureIndex.union(
                                                said.stream()
                                                        .map(PastExposure.Said::shapes)
                                                        .toList())
                                        .toArray())
                        .boxed()
                        .toArray(Integer[]::new);
        Integer[] sets = told.numbers(false);
        OneHost host = new OneHost(said, told, taken);
        database.stream(
                """
                select d.host, d.shape, d.told, d.scope, d.from_at, d.to_at, d.next, h.retired_at
                from (select host, shape, null::int as told, 'INSTALLED' as scope, from_at, to_at,
                             null::int as next
                      from fleet.published_shape_history
                      where shape = any (?::int[])
                      union all
                      select host, shape, told, scope, from_at, to_at, null
                      from fleet.published_held_shapes
                      where shape = any (?::int[]) or told = any (?::int[])
                      union all
                      select t.host, null, t.told, 'TOLD', t.from_at, t.to_at,
                             (select n.shape
                              from fleet.published_shape_history n
                              where n.host = t.host and n.from_at <= t.to_at
                                and (n.to_at is null or n.to_at > t.to_at))
                      from fleet.published_told_history t
                      where t.told = any (?::int[])) d
                join fleet.published_hosts h on h.id = d.host
                where ?::text is null or h.group_name = ?::text
                order by d.host
                """,
                host::take,
                shapes,
                shapes,
                sets,
                sets,
                group,
                group);
        host.finish();
    }

    /// Gathers the rows of one host, which come together.
    private final class OneHost {
        private final List<PastExposure.Said> said;
        private final Told told;
        private final Consumer<Episode> taken;
        private final List<Episodes.Piece> pieces = new ArrayList<>();
        private @Nullable HostId host;
        private @Nullable Instant retired;

        OneHost(List<PastExposure.Said> said, Told told, Consumer<Episode> taken) {
            this.said = said;
            this.told = told;
            this.taken = taken;
        }

        void take(ResultSet row) throws SQLException {
            HostId next = new HostId(row.getObject("host", UUID.class));
            if (!next.equals(host)) {
                finish();
                host = next;
                Timestamp left = row.getTimestamp("retired_at");
                retired = left == null ? null : left.toInstant();
            }
            Period had = PastExposure.period(row);
            String scope = row.getString("scope");
            List<PendingSet.Upgrade> upgrades = told.of(row.getInt("told"), scope.equals("KERNEL"));
            if (scope.equals("TOLD")) {
                told(had, upgrades, row.getInt("next"));
                return;
            }
            if (!upgrades.isEmpty()) {
                pieces.add(new Episodes.Piece(had, false));
            }
            said(had, row.getInt("shape"), scope.equals("KERNEL"));
        }

        /// Where the host still has what the upgrade would have replaced, it was not fixed: nobody
        /// tells of it any more.
        private void told(Period had, List<PendingSet.Upgrade> upgrades, int next) {
            pieces.add(
                    new Episodes.Piece(
                            had, upgrades.stream().anyMatch(each -> catalogue.lacks(next, each))));
        }

        private void said(Period had, int shape, boolean kernelOnly) {
            for (PastExposure.Said each : said) {
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
