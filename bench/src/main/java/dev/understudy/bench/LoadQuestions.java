package dev.understudy.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.understudy.fleet.LoadInventories;
import dev.understudy.fleetsim.Fleet;
import dev.understudy.fleetsim.HostFacts;
import dev.understudy.fleetsim.Images;
import dev.understudy.fleetsim.SourceNames;
import dev.understudy.fleetsim.Upgrades;
import dev.understudy.platform.Database;
import dev.understudy.platform.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Fills the database of a control plane that is to be asked questions about a fleet: hosts with
/// their inventories, in groups that differ in exposure and criticality.
final class LoadQuestions {
    private static final long SEED = 1;
    private static final int DAYS_BEHIND = 30;

    /// The CVEs of notices in the real data end then.
    private static final LocalDate NEWEST_NOTICES = LocalDate.of(2023, 12, 31);

    private LoadQuestions() {}

    /// Arguments: the folder of the shared real data, that of the control plane's PostgreSQL, how
    /// many hosts, and how many shapes.
    public static void main(String[] arguments) throws IOException {
        Path data = Path.of(arguments[0]);
        int hosts = Integer.parseInt(arguments[2]);
        SourceNames sources = SourceNames.read(data);
        Images images = Images.read(data, sources).until(NEWEST_NOTICES);
        Fleet fleet =
                Fleet.lagging(images, hosts, Integer.parseInt(arguments[3]), DAYS_BEHIND, SEED);
        List<Integer> shapes = new ArrayList<>(hosts);
        fleet.eachHost(shapes::add);
        try (EmbeddedDatabase postgres = EmbeddedDatabase.start(Path.of(arguments[1]));
                HikariDataSource pool = ExposureBenchmark.pool(postgres)) {
            Database database = new Database(pool).migrate();
            LoadFleet loaded = new LoadFleet(database, fleet);
            double seconds = loaded.load(data, sources).toMillis() / 1e3;
            groups(database);
            HostFacts facts = new HostFacts(fleet, Upgrades.read(data, sources, fleet), SEED);
            long began = System.nanoTime();
            int kinds =
                    new LoadInventories(database, facts, loaded.digests(), Instant.now())
                            .load(shapes, LoadFleet::host);
            print("load_s", seconds + (System.nanoTime() - began) / 1e9);
            print("shapes", (double) shapes.stream().distinct().count());
            print("kinds", kinds);
            database.sql("vacuum (analyze)").update();
        }
    }

    /// A shape's hosts are mostly in one group, as what they are for decides both.
    private static void groups(Database database) {
        database.sql(
                        """
                        update fleet.groups g
                        set exposure = case when n % 10 = 0 then 'INTERNET'
                                            when n % 20 = 1 then 'ISOLATED'
                                            when n % 20 = 2 then 'UNKNOWN'
                                            else 'INTERNAL' end,
                            criticality = case when n % 20 = 3 then 'VERY_HIGH'
                                               when n % 4 = 0 then 'HIGH'
                                               when n % 5 = 4 then 'LOW'
                                               else 'MEDIUM' end
                        from (select name, substr(name, 7)::int as n
                              from fleet.groups where name like 'group-%') of
                        where of.name = g.name
                        """)
                .update();
        database.sql(
                        """
                        update fleet.hosts h
                        set group_name = 'group-' || (s.number / 2 % 40)
                        from fleet.shapes s
                        where s.digest = h.shape and abs(hashtext(h.id::text)) % 5 <> 0
                        """)
                .update();
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "FIGURE %s %.3f%n", name, value);
    }
}
