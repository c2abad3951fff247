package dev.understudy.risk.exposure;

import dev.understudy.platform.Database;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is different from a past instant: in what feeds say, and in what hosts have. Hosts that
/// changed alike are looked at once.
public final class ChangesSince {
    private final Database database;
    private final FollowDatabase index;
    private final ShapeDifferences differences = new ShapeDifferences();

    public ChangesSince(Database database, FollowDatabase index) {
        this.database = database;
        this.index = index;
    }

    /// @param joined, left hosts that came and went
    /// @param changed hosts that have other packages than then
    /// @param said what feeds say now and did not then, of packages that hosts have; the most hosts
    ///   first
    /// @param unsaid how many statements of then are no longer in force
    /// @param fixed, opened by vulnerability as it is known now: on how many of the changed hosts a
    ///   fix was installed, and on how many an affected version; the most hosts first
    /// @param lengths how long the whole lists are
    public record Changes(
            Instant since,
            int joined,
            int left,
            int changed,
            List<Said> said,
            int unsaid,
            List<Count> fixed,
            List<Count> opened,
            Lengths lengths) {
        public Changes {
            said = List.copyOf(said);
            fixed = List.copyOf(fixed);
            opened = List.copyOf(opened);
        }
    }

    /// Of the lists of the same names.
    public record Lengths(int said, int fixed, int opened) {}

    /// @param hosts how many are exposed to it now
    public record Said(String cve, String advisory, String release, String source, int hosts) {}

    public record Count(String cve, int hosts) {}

    /// @param most how long each of the lists may be
    public Changes since(Instant time, int most) {
        return database.inSnapshot(
                () -> {
                    Moves moves = moves(time);
                    Map<String, Integer> fixed = new HashMap<>();
                    Map<String, Integer> opened = new HashMap<>();
                    compare(moves.together(), fixed, opened);
                    List<Said> said = said(time);
                    return new Changes(
                            time,
                            moves.joined(),
                            moves.left(),
                            moves.changed(),
                            said.subList(0, Math.min(most, said.size())),
                            unsaid(time),
                            top(fixed, most),
                            top(opened, most),
                            new Lengths(said.size(), fixed.size(), opened.size()));
                });
    }

    /// So many hosts had one shape then and have the other now.
    private record Move(int before, int after, int hosts) {}

    private record Moves(int joined, int left, List<Move> together) {
        int changed() {
            return together.stream().mapToInt(Move::hosts).sum();
        }
    }

    private Moves moves(Instant time) {
        List<Move> all =
                database.sql(
                                """
                                with before as (
                                    select host, shape
                                    from fleet.published_shape_history
                                    where from_at <= :time and (to_at is null or to_at > :time)
                                ), after as (
                                    select host, shape
                                    from fleet.published_shape_history
                                    where to_at is null
                                )
                                select coalesce(b.shape, 0) as before, coalesce(a.shape, 0) as after,
                                       count(*) as hosts
                                from before b
                                full join after a using (host)
                                where b.shape is distinct from a.shape
                                group by 1, 2
                                """)
                        .param("time", Timestamp.from(time))
                        .query(
                                (row, _) ->
                                        new Move(
                                                row.getInt("before"),
                                                row.getInt("after"),
                                                row.getInt("hosts")))
                        .list();
        return new Moves(
                all.stream().filter(each -> each.before() == 0).mapToInt(Move::hosts).sum(),
                all.stream().filter(each -> each.after() == 0).mapToInt(Move::hosts).sum(),
                all.stream().filter(each -> each.before() != 0 && each.after() != 0).toList());
    }

    private void compare(
            List<Move> moves, Map<String, Integer> fixed, Map<String, Integer> opened) {
        Map<ShapeDifferences.Move, Integer> hosts = new HashMap<>();
        moves.forEach(
                each ->
                        hosts.merge(
                                new ShapeDifferences.Move(each.before(), each.after()),
                                each.hosts(),
                                Integer::sum));
        differences
                .of(index.index(), hosts.keySet(), new IndexRows(database)::shapes)
                .forEach(
                        (move, difference) -> {
                            int some = hosts.getOrDefault(move, 0);
                            difference.fixed().forEach(cve -> fixed.merge(cve, some, Integer::sum));
                            difference
                                    .opened()
                                    .forEach(cve -> opened.merge(cve, some, Integer::sum));
                        });
    }

    private List<Said> said(Instant time) {
        ExposureIndex all = index.index();
        return all.reading(
                () ->
                        all.statements().all().stream()
                                .filter(each -> each.inForce().isAfter(time))
                                .flatMap(
                                        each ->
                                                Statements.names(each).stream()
                                                        .map(cve -> said(all, each, cve)))
                                .filter(each -> each.hosts() > 0)
                                .sorted(
                                        Comparator.comparingInt(Said::hosts)
                                                .reversed()
                                                .thenComparing(Said::cve)
                                                .thenComparing(Said::release)
                                                .thenComparing(Said::source))
                                .toList());
    }

    private static Said said(ExposureIndex all, Statement says, String cve) {
        int hosts = all.affected(says, null).getCardinality();
        return new Said(cve, says.advisory(), says.release(), says.source(), hosts);
    }

    private int unsaid(Instant time) {
        return database.sql(
                        """
                        select count(*)
                        from advisory.published_fix_history
                        where from_at <= :time and to_at > :time
                        """)
                .param("time", Timestamp.from(time))
                .query(Integer.class)
                .single();
    }

    private static List<Count> top(Map<String, Integer> counts, int most) {
        return counts.entrySet().stream()
                .map(each -> new Count(each.getKey(), each.getValue()))
                .sorted(Comparator.comparingInt(Count::hosts).reversed().thenComparing(Count::cve))
                .limit(most)
                .toList();
    }
}
