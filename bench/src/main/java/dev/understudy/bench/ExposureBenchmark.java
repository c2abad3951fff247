package dev.understudy.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.understudy.fleetsim.Fleet;
import dev.understudy.fleetsim.Images;
import dev.understudy.fleetsim.SourceNames;
import dev.understudy.platform.Database;
import dev.understudy.platform.EmbeddedDatabase;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.IndexSize;
import dev.understudy.risk.exposure.PastExposure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/// The whole system on a real PostgreSQL: `ExposureBenchmark DATA FOLDER OUTPUT SHAPES HOSTS...`
/// loads a fleet of each size in turn, starts an index on it from nothing, and asks. Prints one
/// figure a line, `HOSTS NAME VALUE`, and writes the curve to OUTPUT.
public final class ExposureBenchmark {
    private static final int QUESTIONS = 4_000;
    private static final int WARM = 4_000;
    private static final int CHANGES = 400;
    private static final int ADVISORIES = 60;
    private static final int PAST = 12;

    private final Database database;
    private final int hosts;
    private final Random random = new Random(42);
    private final FollowDatabase index;
    private final ExposedHosts exposed;

    private ExposureBenchmark(Database database, int hosts) {
        this.database = database;
        this.hosts = hosts;
        this.index = new FollowDatabase(database, InstantSource.system());
        this.exposed = new ExposedHosts(index);
    }

    public static void main(String[] arguments) throws IOException {
        Path data = Path.of(arguments[0]);
        int shapes = Integer.parseInt(arguments[3]);
        SourceNames sources = SourceNames.read(data);
        Images images = Images.read(data, sources);
        CostCurve curve = new CostCurve();
        try (EmbeddedDatabase postgres = EmbeddedDatabase.start(Path.of(arguments[1]));
                HikariDataSource pool = pool(postgres)) {
            Database database = new Database(pool).migrate();
            for (int i = 4; i < arguments.length; i++) {
                int hosts = Integer.parseInt(arguments[i]);
                Fleet fleet = Fleet.of(images, hosts, shapes, 1);
                Duration loaded = new LoadFleet(database, fleet).load(data, sources);
                print(hosts, "load_s", loaded.toMillis() / 1e3);
                new ExposureBenchmark(database, hosts).run(curve);
            }
        }
        Path output = Path.of(arguments[2]);
        Files.createDirectories(output);
        Files.writeString(output.resolve("curve.txt"), curve.chart());
        System.out.print(curve.chart());
        curve.slopes().forEach((name, slope) -> print(0, "slope_" + name, slope));
    }

    static HikariDataSource pool(EmbeddedDatabase postgres) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.url());
        config.setUsername(postgres.user());
        config.setPassword(postgres.password());
        config.setMaximumPoolSize(4);
        return new HikariDataSource(config);
    }

    private void run(CostCurve curve) {
        coldStart();
        List<String> cves = cves();
        double query = questions(cves);
        double advisory = newAdvisories();
        double change = inventoryChanges();
        past(cves);
        new QuestionsOfTheFleet(database, hosts, index).run();
        curve.add(hosts, "question", query);
        curve.add(hosts, "advisory", advisory);
        curve.add(hosts, "change", change);
    }

    private void coldStart() {
        long before = heap();
        long began = System.nanoTime();
        index.catchUp();
        print(hosts, "cold_start_s", (System.nanoTime() - began) / 1e9);
        print(hosts, "heap_mib", (heap() - before) / 1048576.0);
        IndexSize size = index.size();
        print(hosts, "index_hosts", size.hosts());
        print(hosts, "shapes", size.shapes());
        print(hosts, "versions", size.versions());
        print(hosts, "statements", size.statements());
        print(hosts, "bitmaps_mib", size.bitmapBytes() / 1048576.0);
        print(
                hosts,
                "packages_per_host",
                database.sql(
                                """
                                select avg(cardinality(s.packages))
                                from fleet.hosts h join fleet.shapes s on s.digest = h.shape
                                """)
                        .query(Double.class)
                        .single());
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private List<String> cves() {
        return database.sql(
                        """
                        select distinct u.cve
                        from advisory.fix_history h cross join lateral unnest(h.cves) as u (cve)
                        order by u.cve
                        """)
                .query(String.class)
                .list();
    }

    /// A whole answer: how many, in which groups, and the first hundred hosts with the reasons.
    private double questions(List<String> cves) {
        List<String> asked = new ArrayList<>();
        long sum = 0;
        for (String cve : cves) {
            int exposedHosts = exposed.count(cve, null);
            sum += exposedHosts;
            if (exposedHosts > 0) {
                asked.add(cve);
            }
        }
        if (asked.isEmpty()) {
            throw new IllegalStateException("No host is exposed to anything; the fleet is wrong.");
        }
        print(hosts, "cves_with_hosts", asked.size());
        print(hosts, "hosts_per_cve", (double) sum / asked.size());
        Latencies latencies = new Latencies();
        for (int i = 0; i < WARM + QUESTIONS; i++) {
            String cve = asked.get(random.nextInt(asked.size()));
            long began = System.nanoTime();
            exposed.page(cve, null, null, 100);
            long took = System.nanoTime() - began;
            if (i >= WARM) {
                latencies.add(took);
            }
        }
        print(hosts, "question_p50_ms", latencies.at(0.5));
        print(hosts, "question_p99_ms", latencies.at(0.99));
        print(hosts, "question_max_ms", latencies.at(1));
        return latencies.at(0.5);
    }

    /// From the commit of an advisory on a package that most hosts have, to every affected host's
    /// identity.
    private double newAdvisories() {
        List<String> sources =
                List.of("openssl", "systemd", "curl", "glibc", "linux", "util-linux", "gnutls28");
        Latencies all = new Latencies();
        Latencies known = new Latencies();
        for (int i = 0; i < ADVISORIES; i++) {
            String cve = "CVE-2026-9%04d".formatted(i);
            String source = sources.get(i % sources.size());
            database.sql(
                            """
                            insert into advisory.fix_history
                                (feed, ecosystem, release, package_kind, source, advisory,
                                 introduced, fixed, urgency, cves, from_at)
                            select 'osv-new', 'Ubuntu', r.name, 'SOURCE', :source, :cve, '0',
                                   '9999:1', '', array[:cve], now()
                            from (values ('bionic'), ('jammy'), ('noble')) as r (name)
                            """)
                    .param("source", source)
                    .param("cve", cve)
                    .update();
            long began = System.nanoTime();
            index.catchUp();
            int count = exposed.count(cve, null);
            long counted = System.nanoTime();
            int[] listed = {0};
            exposed.eachHost(cve, null, _ -> listed[0]++);
            long ended = System.nanoTime();
            if (listed[0] != count) {
                throw new IllegalStateException(
                        "%d hosts were counted and %d listed.".formatted(count, listed[0]));
            }
            known.add(counted - began);
            all.add(ended - began);
        }
        print(hosts, "advisory_counted_p50_ms", known.at(0.5));
        print(hosts, "advisory_p50_ms", all.at(0.5));
        print(hosts, "advisory_p99_ms", all.at(0.99));
        return known.at(0.5);
    }

    /// A host is patched, or goes back: the time in the index, and until the index has it after the
    /// commit.
    private double inventoryChanges() {
        Latencies inMemory = new Latencies();
        Latencies whole = new Latencies();
        int changed = 0;
        while (changed < CHANGES) {
            if (changeShape(database, LoadFleet.host(random.nextInt(hosts))) == 0) {
                continue; // patching brings this one nothing
            }
            changed++;
            long began = System.nanoTime();
            FollowDatabase.Taken taken = index.catchUp();
            if (taken.hosts() != 1) {
                throw new IllegalStateException(
                        "One host changed and %d were taken in.".formatted(taken.hosts()));
            }
            if (changed > CHANGES / 4) {
                whole.add(System.nanoTime() - began);
                inMemory.add(taken.inMemory().toNanos());
            }
        }
        print(hosts, "change_p50_ms", inMemory.at(0.5));
        print(hosts, "change_p99_ms", inMemory.at(0.99));
        print(hosts, "change_followed_p50_ms", whole.at(0.5));
        return inMemory.at(0.5);
    }

    /// To the shape after patching, or back from it: they have consecutive numbers.
    static int changeShape(Database database, UUID host) {
        return database.sql(
                        """
                        update fleet.hosts h
                        set shape = other.digest
                        from fleet.shapes now, fleet.shapes other
                        where h.id = :host and now.digest = h.shape
                          and other.number = case when now.number % 2 = 1 then now.number + 1
                                                  else now.number - 1 end
                        """)
                .param("host", host)
                .update();
    }

    private void past(List<String> cves) {
        PastExposure past = new PastExposure(database);
        past.count(cves.getFirst(), LoadFleet.NOW, null);
        Latencies latencies = new Latencies();
        for (int i = 0; i < PAST; i++) {
            String cve = cves.get(random.nextInt(cves.size()));
            long began = System.nanoTime();
            past.count(cve, LoadFleet.NOW.minus(Duration.ofDays(random.nextInt(120))), null);
            latencies.add(System.nanoTime() - began);
        }
        print(hosts, "past_p50_ms", latencies.at(0.5));
        print(hosts, "past_max_ms", latencies.at(1));
    }

    private static void print(int hosts, String name, double value) {
        System.out.printf(Locale.ROOT, "FIGURE %d %s %.3f%n", hosts, name, value);
    }
}
