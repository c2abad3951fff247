package dev.understudy.risk.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.version.VersionOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.roaringbitmap.RoaringBitmap;

/// After any changes of hosts and statements, what is open is what looking at every statement
/// finds.
class OpenStatementsTest {
    private static final List<String> SOURCES = List.of("curl", "nginx", "openssl", "vim", "zlib");
    private static final int HOSTS = 40;

    private final ExposureIndex index = new ExposureIndex();
    private final Map<Long, Statement> inForce = new HashMap<>();
    private int shapes;
    private long statements;

    @RepeatedTest(20)
    void followsWhatChanges(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        index.beginLoad();
        index.load(hosts(random, HOSTS));
        index.load(statements(random));
        index.endLoad();
        for (int i = 0; i < 30; i++) {
            index.take(
                    random.nextInt(3) == 0 ? statements(random) : hosts(random, random.nextInt(4)));
            if (random.nextBoolean()) {
                Map<Long, List<Integer>> open = new HashMap<>();
                index.reading(index::open)
                        .forEach(
                                each ->
                                        open.put(
                                                each.statement().id(),
                                                List.of(each.internet(), each.other())));
                assertThat(open).isEqualTo(recomputed());
            }
        }
    }

    private Map<Long, List<Integer>> recomputed() {
        Map<Long, List<Integer>> open = new HashMap<>();
        for (Statement each : inForce.values()) {
            SourceVersions source = index.source(each.release(), each.source());
            if (source != null && each.fixed() != null) {
                RoaringBitmap hosts = new RoaringBitmap();
                source.affected(each).forEach(version -> hosts.or(version.hosts()));
                int internet = RoaringBitmap.andCardinality(hosts, index.internet());
                if (!hosts.isEmpty()) {
                    open.put(each.id(), List.of(internet, hosts.getCardinality() - internet));
                }
            }
        }
        return open;
    }

    /// Hosts that come, change shape or exposure, or go.
    private IndexChange hosts(Random random, int count) {
        List<Shape> made = new ArrayList<>();
        Map<HostId, HostFacts> hosts = new HashMap<>();
        for (int i = 0; i < count; i++) {
            HostId host = new HostId(new UUID(7, random.nextInt(HOSTS)));
            int shape = random.nextInt(5) == 0 ? 0 : ++shapes;
            if (shape > 0) {
                made.add(new Shape(shape, "bookworm", VersionOrder.DPKG, packages(random)));
            }
            hosts.put(host, new HostFacts(host, "web", random.nextBoolean(), shape, 0, List.of()));
        }
        return IndexChange.hosts(made, List.of(), List.copyOf(hosts.values()));
    }

    private static List<Shape.SourceVersion> packages(Random random) {
        return SOURCES.stream()
                .filter(_ -> random.nextInt(4) > 0)
                .map(each -> new Shape.SourceVersion(each, "1." + random.nextInt(6)))
                .toList();
    }

    private IndexChange statements(Random random) {
        List<Long> ended = inForce.keySet().stream().filter(_ -> random.nextInt(5) == 0).toList();
        ended.forEach(inForce::remove);
        List<Statement> begun = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            long id = ++statements;
            begun.add(
                    new Statement(
                            id,
                            "osv-debian",
                            "DSA-" + id,
                            "bookworm",
                            SOURCES.get(random.nextInt(SOURCES.size())),
                            "0",
                            random.nextInt(4) == 0 ? null : "1." + random.nextInt(7),
                            null,
                            "",
                            List.of("CVE-2026-" + (1000 + id)),
                            null,
                            Instant.EPOCH));
        }
        begun.forEach(each -> inForce.put(each.id(), each));
        return IndexChange.statements(ended, begun);
    }
}
