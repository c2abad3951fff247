package dev.understudy.agent.triage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Triage;
import dev.understudy.protocol.TriageOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriagesTest {
    private static final Plan PLAN =
            new Plan(List.of(new PackageChange("base-files", "amd64", "1", "2")));
    private static final Triage WANTED = new Triage(Duration.ofMinutes(1), 64 << 20, false);

    @TempDir Path data;

    private final OrderId order = OrderId.random();
    private boolean refused;

    private Triages on(Place place) {
        return new Triages(place, data.resolve("triage"), () -> refused);
    }

    private static Map<String, String> contents(Path zip) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (var entry : file.stream().toList()) {
                texts.put(
                        entry.getName(),
                        new String(
                                file.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return texts;
    }

    @Test
    void securesWhatRunsHereForItsOwnerOnlyAndOnce() throws Exception {
        Triages triages = on(new LiveHost());
        TriageOutcome.Kept kept = (TriageOutcome.Kept) triages.secure(order, PLAN, WANTED);
        Path bundle = Path.of(kept.file());
        assertThat(kept.sha256()).isEqualTo(Triages.sha256(bundle));
        assertThat(kept.bytes()).isEqualTo(Files.size(bundle));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bundle)))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve("triage"))))
                .isEqualTo("rwx------");
        Map<String, String> texts = contents(bundle);
        assertThat(texts.keySet())
                .containsExactlyInAnyOrder(
                        "host.txt",
                        "processes.tsv",
                        "open-files.tsv",
                        "sockets.txt",
                        "modules.txt",
                        "changed-files.tsv",
                        "differs-from-package.txt",
                        "journal.txt");
        assertThat(texts.get("host.txt")).contains(order.toString(), PLAN.digest());
        Path java = Path.of("/proc/self/exe").toRealPath();
        assertThat(texts.getOrDefault("processes.tsv", "").lines())
                .filteredOn(line -> line.startsWith(ProcessHandle.current().pid() + "\t"))
                .singleElement()
                .asString()
                .contains(java.toString(), Triages.sha256(java));
        assertThat(texts.get("sockets.txt")).contains("/proc/net/tcp");
        refused = true;
        assertThat(triages.secure(order, PLAN, WANTED)).isEqualTo(kept);
        assertThat(triages.find(order)).contains(kept);
        assertThat(triages.find(OrderId.random())).isEmpty();
    }

    @Test
    void neverGrowsBeyondItsBoundAndSaysWhatItLeftOut() throws Exception {
        Path root = data.resolve("root");
        Path task = Files.createDirectories(root.resolve("proc/7"));
        Files.createDirectories(root.resolve("proc/7/fd"));
        StringBuilder noise = new StringBuilder();
        new java.util.Random(1).ints(400_000, ' ', '~').forEach(noise::appendCodePoint);
        Files.writeString(task.resolve("cmdline"), noise);
        Path net = Files.createDirectories(root.resolve("proc/self/net"));
        Files.writeString(net.resolve("tcp"), "  sl  local_address\n");
        TriageOutcome.Kept kept =
                (TriageOutcome.Kept)
                        on(below(root))
                                .secure(
                                        order,
                                        PLAN,
                                        new Triage(Duration.ofMinutes(1), 1 << 16, false));
        assertThat(kept.bytes()).isLessThanOrEqualTo(1 << 16).isGreaterThan(1 << 13);
        assertThat(kept.incomplete())
                .contains("processes.tsv: cut, the bundle may not become larger");
        assertThat(contents(Path.of(kept.file()))).containsKey("journal.txt");
    }

    @Test
    void thereIsNoneWhereTheProcessesCannotBeSeenOrTheOwnerRefuses() throws Exception {
        Path root = data.resolve("empty");
        Files.createDirectories(root.resolve("proc"));
        assertThat(on(below(root)).secure(order, PLAN, WANTED))
                .isInstanceOfSatisfying(
                        TriageOutcome.Missing.class,
                        missing -> assertThat(missing.why()).contains("no process can be seen"));
        refused = true;
        assertThat(on(new LiveHost()).secure(order, PLAN, WANTED))
                .isInstanceOfSatisfying(
                        TriageOutcome.Missing.class,
                        missing -> assertThat(missing.why()).contains("refuseTriage"));
        try (Stream<Path> left = Files.list(data.resolve("triage"))) {
            assertThat(left).isEmpty();
        }
    }

    /// Files below `root`; commands that are not there.
    private static Place below(Path root) {
        return new Place() {
            @Override
            public Output run(Command command) {
                return new Output(127, "", "", false, Duration.ZERO);
            }

            @Override
            public Path path(String absolute) {
                return root.resolve(absolute.substring(1));
            }
        };
    }
}
