package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What imports changed of that on which the urgency of fixes depends, so that an import costs what
/// it touches. Every import writes one row, in its transaction, for the generation that it makes;
/// whoever missed more than is kept works everything out again.
public final class FactChanges {
    private static final int KEPT = 200;

    private final Database database;

    public FactChanges(Database database) {
        this.database = database;
    }

    /// What changed.
    ///
    /// @param generation as [Feeds#generation] gives it, up to which this goes
    /// @param everything whether it is not known what changed; the rest is empty
    /// @param facts whether feeds may say something else of every vulnerability; `cves` is empty
    ///   then
    /// @param cves of which feeds say something else now
    /// @param packages of which other statements are in force now, as RELEASE/PACKAGE
    public record Since(
            long generation,
            boolean everything,
            boolean facts,
            Set<String> cves,
            Set<String> packages) {
        public Since {
            cves = Set.copyOf(cves);
            packages = Set.copyOf(packages);
        }
    }

    /// Everything that was committed after that generation.
    public Since since(long known) {
        long newest =
                database.sql("select value from advisory.generation").query(Long.class).single();
        if (newest == known) {
            return new Since(newest, false, false, Set.of(), Set.of());
        }
        List<Row> rows = newest < known || newest - known > KEPT ? List.of() : rows(known, newest);
        if (rows.size() != newest - known) {
            return new Since(newest, true, true, Set.of(), Set.of());
        }
        Set<String> cves = new HashSet<>();
        Set<String> packages = new HashSet<>();
        rows.forEach(
                row -> {
                    cves.addAll(row.cves());
                    packages.addAll(row.packages());
                });
        boolean facts = rows.stream().anyMatch(Row::everything);
        return new Since(newest, false, facts, facts ? Set.of() : cves, packages);
    }

    private record Row(boolean everything, List<String> cves, List<String> packages) {}

    private List<Row> rows(long after, long until) {
        return database.sql(
                        """
                        select everything, cves, packages
                        from advisory.fact_changes
                        where generation > :after and generation <= :until
                        """)
                .param("after", after)
                .param("until", until)
                .query(
                        (row, _) ->
                                new Row(
                                        row.getBoolean("everything"),
                                        texts(row, "cves"),
                                        texts(row, "packages")))
                .list();
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    /// Keeps what the feed says until the import has written what it says now; until the
    /// transaction ends.
    void keep(String feed) {
        database.sql(
                        """
                        create temporary table facts_before (cve text, fact text) on commit drop
                        """)
                .update();
        database.sql(
                        """
                        insert into facts_before
                        select cve, fact from advisory.ranking_facts where feed = :feed
                        """)
                .param("feed", feed)
                .update();
    }

    /// Compares with what was kept. In the transaction of the import, after all that it writes.
    ///
    /// @param everything the feed says something of all vulnerabilities, also of those that it does
    ///   not name
    void record(long generation, String feed, boolean everything) {
        database.sql(
                        """
                        insert into advisory.fact_changes
                            (generation, feed, everything, cves, packages)
                        select :generation, :feed, :everything,
                               array(select distinct cve
                                     from (select cve, fact from facts_before
                                           union all
                                           select cve, fact from advisory.ranking_facts
                                           where feed = :feed) f
                                     group by cve, fact
                                     having count(*) = 1),
                               array(select distinct release || '/' || source
                                     from advisory.fix_history
                                     where changed = pg_current_xact_id())
                        """)
                .param("generation", generation)
                .param("feed", feed)
                .param("everything", everything)
                .update();
        database.sql("delete from advisory.fact_changes where generation <= :generation - :kept")
                .param("generation", generation)
                .param("kept", KEPT)
                .update();
    }
}
