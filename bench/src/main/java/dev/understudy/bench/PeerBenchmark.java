package dev.understudy.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.understudy.advisory.FeedImport;
import dev.understudy.advisory.FeedLimits;
import dev.understudy.advisory.FeedSecrets;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.FetchFeed;
import dev.understudy.advisory.FixedVersion;
import dev.understudy.advisory.FixedVersions;
import dev.understudy.advisory.osv.OsvFormat;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.EmbeddedDatabase;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import dev.understudy.risk.MatchHost;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.KnownAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Our findings on one real host beside those of debsecan and oscap, all from the same facts:
/// `PeerBenchmark DATA INVENTORY FOLDER COMMAND`. Writes the facts in the others' formats to FOLDER
/// (`debsecan/bookworm`, `oval.xml`), times ours, and runs COMMAND there, which leaves what each
/// said (`debsecan.out`, `oscap.out`) and how long it took each time (`NAME.ns`). A program that
/// left nothing is left out. Prints one figure a line, and the differences by rule.
public final class PeerBenchmark {
    private static final String RELEASE = "bookworm";
    private static final double MEDIAN = 0.5;
    private static final double FASTEST = 1e-9;
    private static final int WARM = 500;
    private static final int ROUNDS = 500;
    private static final Pattern TRUE =
            Pattern.compile(
                    "Definition " + Pattern.quote(OvalDocument.DEFINITION) + "(\\d+): true");

    private final Inventory inventory;
    private final Path folder;

    private PeerBenchmark(Inventory inventory, Path folder) {
        this.inventory = inventory;
        this.folder = folder;
    }

    public static void main(String[] arguments)
            throws IOException, WireException, InterruptedException {
        Inventory inventory =
                Wire.decode(Files.readAllBytes(Path.of(arguments[1])), Inventory.class);
        Path folder = Path.of(arguments[2]);
        PeerBenchmark benchmark = new PeerBenchmark(inventory, folder);
        try (EmbeddedDatabase postgres = EmbeddedDatabase.start(folder.resolve("postgres"));
                HikariDataSource pool = ExposureBenchmark.pool(postgres)) {
            benchmark.run(new Database(pool).migrate(), Path.of(arguments[0]), arguments[3]);
        }
    }

    private void run(Database database, Path data, String command)
            throws IOException, InterruptedException {
        InstantSource clock = InstantSource.system();
        PeerFacts.Counts counts = PeerFacts.write(data, inventory, folder.resolve("facts.jsonl"));
        print("facts_real", counts.real());
        print("facts_of_host", counts.ofHost());
        print("facts_made_up", counts.madeUp());
        importFacts(database, clock);
        LoadHost.load(database, inventory, clock.instant());
        FixedVersions fixes = new FixedVersions(database);
        List<FixedVersion> statements = fixes.forSources(RELEASE, sources(database));
        print("statements", statements.size());
        write(statements);
        FollowDatabase index = new FollowDatabase(database, clock);
        index.catchUp();
        Set<Differences.Key> ours = ours(index);
        print("findings", ours.size());
        print("not_as_index", notAsIndex(index, statements, ours));
        double millis = time(index);
        peers(command);
        compare("debsecan", debsecan(), ours, statements, millis);
        compare("oscap", oscap(statements), ours, statements, millis);
    }

    private void importFacts(Database database, InstantSource clock) {
        Feeds feeds =
                new Feeds(
                        database,
                        new Outbox(database, clock),
                        new AuditTrail(database, clock),
                        new FetchFeed(FeedLimits.USUAL, new FeedSecrets(folder), null),
                        List.of(new OsvFormat()),
                        clock,
                        new Random(1));
        FeedImport done =
                feeds.importFrom("osv-facts", folder.resolve("facts.jsonl").toUri(), "bench");
        if (done.outcome() != FeedImport.Outcome.IMPORTED) {
            throw new IllegalStateException("The facts were not taken: " + done.sentence());
        }
    }

    private static Set<String> sources(Database database) {
        return Set.copyOf(
                database.sql("select distinct source from advisory.fixed_versions")
                        .query(String.class)
                        .list());
    }

    private void write(List<FixedVersion> statements) throws IOException {
        List<InstalledPackage> packages = inventory.packages();
        Files.createDirectories(folder.resolve("debsecan"));
        new DebsecanFile(packages).write(statements, folder.resolve("debsecan").resolve(RELEASE));
        new OvalDocument(packages).write(statements, folder.resolve("oval.xml"));
    }

    private Set<Differences.Key> ours(FollowDatabase index) {
        return MatchHost.findings(inventory.packages(), RELEASE, index).stream()
                .flatMap(
                        each ->
                                (each.cves().isEmpty() ? List.of(each.advisory()) : each.cves())
                                        .stream()
                                                .map(
                                                        name ->
                                                                new Differences.Key(
                                                                        name, each.source())))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// How many findings differ between the matching of one host and the index of the fleet.
    private static int notAsIndex(
            FollowDatabase index, List<FixedVersion> statements, Set<Differences.Key> ours) {
        ExposedHosts exposed = new ExposedHosts(index);
        Set<Differences.Key> indexed = new TreeSet<>();
        statements.stream()
                .flatMap(each -> DebsecanFile.names(each).stream())
                .distinct()
                .forEach(
                        name ->
                                exposed.all(name)
                                        .forEach(
                                                row ->
                                                        indexed.add(
                                                                new Differences.Key(
                                                                        name, row.source()))));
        Set<Differences.Key> differ = new TreeSet<>(ours);
        differ.removeAll(indexed);
        indexed.removeAll(ours);
        return differ.size() + indexed.size();
    }

    /// Milliseconds in the median to find anew what the host is affected by.
    private double time(FollowDatabase index) {
        Latencies latencies = new Latencies();
        for (int i = 0; i < WARM + ROUNDS; i++) {
            long began = System.nanoTime();
            MatchHost.findings(inventory.packages(), RELEASE, index);
            long took = System.nanoTime() - began;
            if (i == 0) {
                print("ours_first_ms", took / 1e6);
            } else if (i >= WARM) {
                latencies.add(took);
            }
        }
        print("ours_ms", latencies.at(0.5));
        return latencies.at(0.5);
    }

    private void peers(String command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command, folder.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(folder.resolve("peers.log").toFile())
                        .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(
                    "%s ended with %d; see %s."
                            .formatted(command, code, folder.resolve("peers.log")));
        }
    }

    private List<String> said(String program) throws IOException {
        Path file = folder.resolve(program + ".out");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /// Lines of a vulnerability and a binary package.
    private Set<Differences.Key> debsecan() throws IOException {
        Map<String, String> sources = new HashMap<>();
        inventory
                .packages()
                .forEach(each -> sources.put(each.name(), KnownAs.source(each.sourceName())));
        Set<Differences.Key> found = new TreeSet<>();
        for (String line : said("debsecan")) {
            String[] words = line.split(" ");
            String source = words.length == 2 ? sources.get(words[1]) : null;
            if (source == null) {
                throw new IllegalStateException("debsecan said something else: " + line);
            }
            found.add(new Differences.Key(words[0], source));
        }
        return found;
    }

    private Set<Differences.Key> oscap(List<FixedVersion> statements) throws IOException {
        Set<Differences.Key> found = new TreeSet<>();
        for (String line : said("oscap")) {
            Matcher matcher = TRUE.matcher(line);
            if (matcher.matches()) {
                FixedVersion statement = statements.get(Integer.parseInt(matcher.group(1)) - 1);
                DebsecanFile.names(statement)
                        .forEach(name -> found.add(new Differences.Key(name, statement.source())));
            }
        }
        return found;
    }

    private void compare(
            String program,
            Set<Differences.Key> theirs,
            Set<Differences.Key> ours,
            List<FixedVersion> statements,
            double millis)
            throws IOException {
        if (said(program).isEmpty()) {
            return;
        }
        Differences differences = new Differences(inventory.packages(), statements);
        Differences.Counted counted = new Differences.Counted();
        boolean byBinaries = program.equals("oscap");
        each(ours, theirs)
                .forEach(key -> counted.add(differences.explain(key, true, byBinaries), key, true));
        each(theirs, ours)
                .forEach(
                        key ->
                                counted.add(
                                        differences.explain(key, false, byBinaries), key, false));
        print(program + "_findings", theirs.size());
        print(program + "_same", (double) theirs.stream().filter(ours::contains).count());
        counted.byRule.forEach(
                (rule, count) ->
                        System.out.printf(
                                Locale.ROOT, "RULE %s %d %s%n", program, count, rule.sentence));
        counted.unexplained.stream()
                .limit(20)
                .forEach(each -> System.out.println("UNEXPLAINED " + program + " " + each));
        print(program + "_unexplained", counted.unexplained.size());
        double whole = at(MEDIAN, program);
        print(program + "_ms", whole);
        print(program + "_ratio", whole / millis);
        if (Files.exists(folder.resolve(program + "-nothing.ns"))) {
            print(program + "_nothing_ms", at(MEDIAN, program + "-nothing"));
            // A few milliseconds of many: the fastest runs, which other work delayed least.
            print(
                    program + "_matching_ratio",
                    (at(FASTEST, program) - at(FASTEST, program + "-nothing")) / millis);
        }
    }

    private static Set<Differences.Key> each(Set<Differences.Key> of, Set<Differences.Key> but) {
        Set<Differences.Key> left = new TreeSet<>(of);
        left.removeAll(but);
        return left;
    }

    private double at(double share, String program) throws IOException {
        Latencies latencies = new Latencies();
        for (String line : Files.readAllLines(folder.resolve(program + ".ns"))) {
            latencies.add(Long.parseLong(line.strip()));
        }
        return latencies.at(share);
    }

    private static void print(String name, double value) {
        System.out.printf(Locale.ROOT, "FIGURE %s %.3f%n", name, value);
    }
}
