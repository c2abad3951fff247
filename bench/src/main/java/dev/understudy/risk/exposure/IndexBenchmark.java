package dev.understudy.risk.exposure;

import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleetsim.Fixes;
import dev.understudy.fleetsim.Fleet;
import dev.understudy.fleetsim.Images;
import dev.understudy.fleetsim.SourceNames;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.version.VersionOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The index alone, without a database: a question, a new statement, a host's change.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class IndexBenchmark {
    @Param({"1000", "10000", "100000"})
    public int hosts;

    @Param("2000")
    public int shapes;

    private final Random random = new Random(3);
    private final ExposureIndex index = new ExposureIndex();
    private final List<String> cves = new ArrayList<>();
    private final List<Integer> shapeOf = new ArrayList<>();
    private long statements;

    @Setup
    public void load() throws IOException {
        Path data = Path.of(System.getProperty("understudy.data", "../shared/data"));
        SourceNames sources = SourceNames.read(data);
        Fleet fleet = Fleet.of(Images.read(data, sources), hosts, shapes, 1);
        index.beginLoad();
        List<Shape> made = new ArrayList<>();
        for (Fleet.Shape shape : fleet.shapes()) {
            made.add(
                    new Shape(
                            made.size() + 1,
                            shape.platform().codename(),
                            VersionOrder.DPKG,
                            shape.packages().stream()
                                    .map(
                                            each ->
                                                    new Shape.SourceVersion(
                                                            each.sourceName(),
                                                            each.sourceVersion()))
                                    .distinct()
                                    .toList()));
        }
        index.load(IndexChange.hosts(made, List.of(), List.of()));
        fleet.eachHost(shape -> shapeOf.add(shape + 1));
        for (int host = 0; host < shapeOf.size(); host++) {
            index.load(
                    IndexChange.hosts(
                            List.of(), List.of(), List.of(facts(host, shapeOf.get(host)))));
        }
        Map<String, Boolean> named = new HashMap<>();
        Fixes.read(
                data,
                sources,
                fix -> {
                    index.load(IndexChange.statements(List.of(), List.of(statement(fix))));
                    fix.cves().forEach(cve -> named.put(cve, true));
                });
        index.endLoad();
        named.keySet().stream()
                .filter(cve -> !index.find(cve, null).hosts().isEmpty())
                .sorted()
                .forEach(cves::add);
    }

    private static HostFacts facts(int host, int shape) {
        return new HostFacts(
                new HostId(new UUID(host * 0x9E3779B97F4A7C15L, host)),
                new Stratum("group-" + host % 40, Exposure.INTERNAL, Criticality.MEDIUM),
                shape,
                0,
                List.of());
    }

    private Statement statement(Fixes.Fix fix) {
        return new Statement(
                ++statements,
                "osv-ubuntu",
                fix.advisory(),
                fix.release(),
                fix.source(),
                "0",
                fix.fixed(),
                null,
                "",
                fix.cves(),
                null,
                Instant.EPOCH,
                "");
    }

    @Benchmark
    public Object question() {
        return index.find(cves.get(random.nextInt(cves.size())), null).hosts().getCardinality();
    }

    @Benchmark
    public Object newStatement() {
        Statement fresh =
                statement(
                        new Fixes.Fix(
                                "USN-0-1", List.of("CVE-2026-99999"), "jammy", "openssl", "9:1"));
        index.take(IndexChange.statements(List.of(fresh.id() - 1), List.of(fresh)));
        return index.find("CVE-2026-99999", null).hosts().getCardinality();
    }

    @Benchmark
    public void hostChange() {
        int host = random.nextInt(hosts);
        int shape = shapeOf.get(random.nextInt(hosts));
        index.take(IndexChange.hosts(List.of(), List.of(), List.of(facts(host, shape))));
    }
}
