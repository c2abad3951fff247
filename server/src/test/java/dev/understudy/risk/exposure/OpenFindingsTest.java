package dev.understudy.risk.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.version.VersionOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.roaringbitmap.RoaringBitmap;

/// After any changes of hosts, statements and what is pending, what is open is what looking at
/// everything anew finds; and whoever is exposed and could be fixed is in it.
class OpenFindingsTest {
    private static final List<String> SOURCES = List.of("curl", "nginx", "openssl", "vim", "linux");
    private static final List<String> RELEASES = List.of("bookworm", "trixie");
    private static final int HOSTS = 40;

    private final ExposureIndex index = new ExposureIndex();
    private final Map<Long, Statement> inForce = new HashMap<>();
    private final List<String> cves = new ArrayList<>();
    private int shapes;
    private int sets;
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
                OpenFindings.Classes classes = classes();
                List<OpenFindings.Counted> open = index.reading(() -> index.open().all(classes));
                assertThat(open)
                        .containsExactlyInAnyOrderElementsOf(
                                index.reading(() -> new OpenFindings(index).all(classes)));
                String group = random.nextBoolean() ? "web" : "mail";
                OpenFindings.Classes some = classes(group);
                assertThat(
                                index.reading(
                                        () ->
                                                index.open()
                                                        .some(
                                                                group,
                                                                some,
                                                                index.sets().group(group))))
                        .containsExactlyInAnyOrderElementsOf(
                                index.reading(
                                        () ->
                                                new OpenFindings(index)
                                                        .some(
                                                                group,
                                                                some,
                                                                index.sets().group(group))));
                cves.forEach(this::hasAllHosts);
            }
        }
    }

    /// Two classes, and a host by itself.
    private OpenFindings.Classes classes() {
        Map<Stratum, Integer> ofStrata = new HashMap<>();
        index.sets()
                .strata()
                .forEach(each -> ofStrata.put(each, Stratum.internet(each.exposure()) ? 0 : 1));
        int apart = index.number(new HostId(new UUID(7, 3)));
        return new OpenFindings.Classes(ofStrata, apart < 0 ? Map.of() : Map.of(apart, 2), 3);
    }

    private OpenFindings.Classes classes(String group) {
        OpenFindings.Classes of = classes();
        Map<Stratum, Integer> strata = new HashMap<>(of.ofStrata());
        strata.keySet().removeIf(each -> !each.group().equals(group));
        return new OpenFindings.Classes(strata, Map.of(), 3);
    }

    private void hasAllHosts(String cve) {
        RoaringBitmap open = new RoaringBitmap();
        for (String release : RELEASES) {
            for (String source : SOURCES) {
                OpenParts.of(index, release, source, null).stream()
                        .filter(each -> each.cves().contains(cve))
                        .forEach(each -> open.or(each.hosts()));
            }
        }
        RoaringBitmap unfixable = new RoaringBitmap();
        index.find(cve, null).hits().stream()
                .filter(each -> each.statement().fixed() == null)
                .forEach(each -> each.versions().forEach(v -> unfixable.or(v.hosts())));
        RoaringBitmap missing = RoaringBitmap.andNot(index.find(cve, null).hosts(), open);
        assertThat(RoaringBitmap.andNot(missing, unfixable)).isEqualTo(new RoaringBitmap());
        assertThat(RoaringBitmap.andNot(open, index.find(cve, null).hosts()))
                .isEqualTo(new RoaringBitmap());
    }

    /// Hosts that come, change shape, stratum or what is pending, or go.
    private IndexChange hosts(Random random, int count) {
        List<Shape> made = new ArrayList<>();
        List<PendingSet> pending = new ArrayList<>();
        Map<HostId, HostFacts> hosts = new HashMap<>();
        for (int i = 0; i < count; i++) {
            HostId host = new HostId(new UUID(7, random.nextInt(HOSTS)));
            int shape = random.nextInt(5) == 0 ? 0 : shape(random, made);
            int told = shape == 0 ? 0 : set(random, pending);
            List<HostFacts.Held> held =
                    shape == 0 || random.nextInt(3) > 0
                            ? List.of()
                            : List.of(
                                    new HostFacts.Held(
                                            shape(random, made),
                                            random.nextBoolean(),
                                            set(random, pending)));
            hosts.put(host, new HostFacts(host, stratum(random), shape, told, held));
        }
        return IndexChange.hosts(made, pending, List.copyOf(hosts.values()));
    }

    private static Stratum stratum(Random random) {
        return new Stratum(
                random.nextBoolean() ? "web" : "mail",
                random.nextBoolean() ? Exposure.INTERNET : Exposure.INTERNAL,
                random.nextBoolean() ? Criticality.MEDIUM : Criticality.HIGH);
    }

    private int shape(Random random, List<Shape> made) {
        made.add(
                new Shape(
                        ++shapes,
                        RELEASES.get(random.nextInt(RELEASES.size())),
                        VersionOrder.DPKG,
                        SOURCES.stream()
                                .filter(_ -> random.nextInt(4) > 0)
                                .map(
                                        each ->
                                                new Shape.SourceVersion(
                                                        each, "1." + random.nextInt(6)))
                                .toList()));
        return shapes;
    }

    private int set(Random random, List<PendingSet> made) {
        made.add(
                new PendingSet(
                        ++sets,
                        SOURCES.stream()
                                .filter(_ -> random.nextInt(3) == 0)
                                .map(each -> upgrade(random, each))
                                .toList()));
        return sets;
    }

    private PendingSet.Upgrade upgrade(Random random, String source) {
        List<String> named =
                cves.isEmpty() || random.nextBoolean()
                        ? List.of()
                        : List.of(cves.get(random.nextInt(cves.size())));
        return PendingSet.Upgrade.of(
                source, "1." + random.nextInt(7), named, random.nextBoolean(), List.of());
    }

    private IndexChange statements(Random random) {
        List<Long> ended = inForce.keySet().stream().filter(_ -> random.nextInt(5) == 0).toList();
        ended.forEach(inForce::remove);
        List<Statement> begun = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            long id = ++statements;
            String cve = "CVE-2026-" + (1000 + random.nextInt(12));
            if (!cves.contains(cve)) {
                cves.add(cve);
            }
            begun.add(
                    new Statement(
                            id,
                            "osv-debian",
                            "DSA-" + id,
                            RELEASES.get(random.nextInt(RELEASES.size())),
                            SOURCES.get(random.nextInt(SOURCES.size())),
                            "0",
                            random.nextInt(4) == 0 ? null : "1." + random.nextInt(7),
                            null,
                            "",
                            Stream.of(cve, "CVE-2026-" + (1000 + random.nextInt(12)))
                                    .distinct()
                                    .sorted()
                                    .toList(),
                            random.nextBoolean() ? null : Instant.EPOCH.plusSeconds(id % 5),
                            Instant.EPOCH.plusSeconds(id),
                            ""));
        }
        begun.forEach(
                each -> {
                    inForce.put(each.id(), each);
                    each.cves().stream().filter(cve -> !cves.contains(cve)).forEach(cves::add);
                });
        return IndexChange.statements(ended, begun);
    }
}
