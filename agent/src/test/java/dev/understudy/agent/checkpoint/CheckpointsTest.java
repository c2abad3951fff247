package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Works on a tree that has everything a package can ship, as root (owners, devices, capabilities).
class CheckpointsTest {
    private static final Plan PLAN =
            new Plan(List.of(new PackageChange("shop", "amd64", "1.0-1", "1.0-2")));
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    /// `cap_net_bind_service=ep`, as the kernel keeps it.
    private static final byte[] CAPABILITY = {
        1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    /// `user::rw-,user:33:r--,group::r--,mask::r--,other::---`, as the kernel keeps it.
    private static final byte[] ACL = {
        2, 0, 0, 0, 1, 0, 6, 0, -1, -1, -1, -1, 2, 0, 4, 0, 33, 0, 0, 0, 4, 0, 4, 0, -1, -1, -1, -1,
        16, 0, 4, 0, -1, -1, -1, -1, 32, 0, 0, 0, -1, -1, -1, -1
    };

    @TempDir Path temporary;
    private Path root;
    private Path data;
    private FolderPlace place;
    private final FixedPackages packages = new FixedPackages();

    @BeforeEach
    void makeTree() throws IOException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "owners, device nodes and capabilities can only be set as root");
        assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "file names beyond ASCII need a UTF-8 locale (LC_ALL=C.UTF-8)");
        root = temporary.resolve("root");
        data = temporary.resolve("data");
        place = new FolderPlace(root);
        makeOriginal();
    }

    @Test
    void putsEverythingBackAsItWas() throws Exception {
        Map<String, String> original = describe();
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        patch();
        assertThat(describe()).isNotEqualTo(original);

        RestoreResult result = checkpoints.restore("c1", place, packages);

        assertThat(result.reasons()).isEmpty();
        assertThat(result.complete()).isTrue();
        assertThat(describe()).isEqualTo(original);
        // The linker's cache is among the files.
        assertThat(place.commands).doesNotContain("ldconfig");
    }

    @Test
    void endsInTheSameStateWhereverItWasKilledBefore() throws Exception {
        Map<String, String> original = describe();
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        int killedAt = 1;
        while (true) {
            patch();
            KillAt kill = new KillAt(killedAt);
            try {
                checkpoints(kill).restore("c1", place, packages);
            } catch (Killed expected) {
                killedAt++;
                RestoreResult result = checkpoints.restore("c1", place, packages);
                assertThat(result.reasons()).as("killed before: %s", kill.step).isEmpty();
                assertThat(describe()).as("killed before: %s", kill.step).isEqualTo(original);
                continue;
            }
            break;
        }
        assertThat(killedAt).isGreaterThan(25);
    }

    @Test
    void restoresAgainWithoutTouchingWhatIsAsSavedAlready() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        patch();
        checkpoints.restore("c1", place, packages);

        KillAt first = new KillAt(1);
        assertThat(checkpoints(first).restore("c1", place, packages).complete()).isTrue();
        assertThat(first.step).isEmpty();
    }

    @Test
    void namesPackagesThatAreNotBack() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        packages.version = "1.0-2";

        RestoreResult result = checkpoints.restore("c1", place, packages);

        assertThat(result.complete()).isFalse();
        assertThat(result.versionsDiffering())
                .containsExactly("shop:amd64: 1.0-2 (ii) instead of 1.0-1 (ii)");
    }

    @Test
    void saysWhichPathCannotBePutBack() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        Checkpoint taken =
                checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        String sha256 = digest(root.resolve("usr/bin/shop"));
        patch();
        Files.writeString(taken.content(sha256), "damaged");

        RestoreResult result = checkpoints.restore("c1", place, packages);

        assertThat(result.complete()).isFalse();
        assertThat(result.pathsDiffering()).contains("/usr/bin/shop").hasSize(2);
        assertThat(result.reasons().getFirst()).contains("damaged");
    }

    @Test
    void neverFollowsALinkThatReplacedADirectory() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        patch();
        // What the patch made a directory is a link to another place by now.
        Path outside = temporary.resolve("outside");
        Files.createDirectories(outside);
        Files.writeString(outside.resolve("new.txt"), "not ours");
        Files.delete(root.resolve("usr/share/shop-new/new.txt"));
        Files.delete(root.resolve("usr/share/shop-new"));
        Files.createSymbolicLink(root.resolve("usr/share/shop-new"), outside);

        checkpoints.restore("c1", place, packages);

        assertThat(outside.resolve("new.txt")).hasContent("not ours");
        assertThat(Files.exists(root.resolve("usr/share/shop-new"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void sweepsTheJournalOfDpkgBeforeAnythingElse() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        Files.writeString(root.resolve("var/lib/dpkg/updates/0001"), "replayed otherwise");
        Files.createDirectories(root.resolve("var/lib/dpkg/tmp.ci"));
        Files.writeString(root.resolve("var/lib/dpkg/tmp.ci/control"), "");
        Files.writeString(root.resolve("usr/bin/shop.dpkg-new"), "");
        Files.writeString(root.resolve("etc/other.conf.dpkg-new"), "");

        checkpoints.restore("c1", place, packages);

        assertThat(root.resolve("var/lib/dpkg/updates")).isEmptyDirectory();
        assertThat(root.resolve("var/lib/dpkg/tmp.ci")).doesNotExist();
        assertThat(root.resolve("usr/bin/shop.dpkg-new")).doesNotExist();
        assertThat(root.resolve("etc/other.conf.dpkg-new")).doesNotExist();
    }

    @Test
    void reusesContentOfAnEarlierCheckpointThatWasNotTouchedSince() throws Exception {
        Checkpoints earlier = new Checkpoints(temporary.resolve("earlier"), InstantSource.system());
        Checkpoint first = earlier.take("r1", PLAN, changes(), place, packages, Optional.empty());
        Path shop = root.resolve("usr/bin/shop");
        Path conf = root.resolve("etc/shop.conf");
        Files.writeString(conf, "edited since");
        Map<String, String> original = describe();
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);

        Checkpoint second =
                checkpoints.take("c1", PLAN, changes(), place, packages, Optional.of(first));

        String kept = digest(shop);
        assertThat(Files.isSameFile(first.content(kept), second.content(kept))).isTrue();
        patch();
        earlier.delete("r1");
        assertThat(checkpoints.restore("c1", place, packages).reasons()).isEmpty();
        assertThat(describe()).isEqualTo(original);
        assertThat(conf).hasContent("edited since");
    }

    @Test
    void refusesAManifestThatWasAlteredOrCutOff() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        Checkpoint taken =
                checkpoints.take("c1", PLAN, changes(), place, packages, Optional.empty());
        Path manifest = taken.folder().resolve(Checkpoint.MANIFEST);
        String text = Files.readString(manifest);

        Files.writeString(manifest, text.replace("/usr/bin/shop", "/usr/bin/evil"));
        assertThatThrownBy(() -> checkpoints.restore("c1", place, packages))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("altered");

        Files.writeString(manifest, text.substring(0, text.length() / 2));
        assertThatThrownBy(() -> checkpoints.restore("c1", place, packages))
                .isInstanceOf(CheckpointException.class);

        Files.writeString(manifest, "");
        assertThatThrownBy(() -> checkpoints.restore("c1", place, packages))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void forgetsWhatWasNotTakenToTheEnd() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        Files.createDirectories(data.resolve("checkpoints/c9.unfinished/content"));
        assertThat(checkpoints.all().infos()).isEmpty();
        checkpoints.sweep();
        assertThat(data.resolve("checkpoints/c9.unfinished")).doesNotExist();
    }

    @Test
    void keepsTheNewestWithinCountAgeAndSize() throws Exception {
        Instant[] now = {NOON};
        Checkpoints checkpoints = new Checkpoints(data, () -> now[0]);
        for (int day = 1; day <= 4; day++) {
            now[0] = NOON.plus(Duration.ofDays(day));
            checkpoints.take("day-" + day, PLAN, changes(), place, packages, Optional.empty());
        }
        Retention two = new Retention(2, Duration.ofDays(30), Long.MAX_VALUE);
        assertThat(checkpoints.prune(two, Set.of("day-1"))).containsExactly("day-2");

        now[0] = NOON.plus(Duration.ofDays(60));
        Retention week = new Retention(10, Duration.ofDays(7), Long.MAX_VALUE);
        assertThat(checkpoints.prune(week, Set.of())).containsExactly("day-3", "day-1");
        assertThat(checkpoints.all().infos())
                .extracting(CheckpointInfo::id)
                .containsExactly("day-4");
    }

    private Checkpoints checkpoints(Steps steps) {
        return new Checkpoints(data, InstantSource.fixed(NOON), steps);
    }

    private void makeOriginal() throws IOException {
        for (String folder :
                List.of("usr/bin", "usr/share/shop", "etc/shop.d", "var/lib/dpkg", "dev")) {
            Files.createDirectories(root.resolve(folder));
        }
        write("usr/bin/shop", "old program", 0755);
        Files.setAttribute(root.resolve("usr/bin/shop"), "unix:gid", 33);
        Libc.setAttribute(root.resolve("usr/bin/shop"), "security.capability", CAPABILITY);
        Files.createLink(root.resolve("usr/bin/shop-alias"), root.resolve("usr/bin/shop"));
        write("etc/shop.conf", "old configuration", 0640);
        Libc.setAttribute(root.resolve("etc/shop.conf"), "system.posix_acl_access", ACL);
        Libc.setAttribute(
                root.resolve("etc/shop.conf"),
                "user.note",
                "kept".getBytes(StandardCharsets.UTF_8));
        write("usr/share/shop/doc.txt", "old document", 0644);
        write("usr/share/shop/Főtanúsítvány.crt", "certificate", 0644);
        Files.createDirectories(root.resolve("usr/share/shop/dropped/deep"));
        write("usr/share/shop/dropped/deep/a", "a", 0600);
        Files.createSymbolicLink(root.resolve("usr/bin/link"), Path.of("shop"));
        Files.createSymbolicLink(root.resolve("etc/shop.d/to-root"), Path.of("/nowhere"));
        Files.createDirectories(root.resolve("usr/share/turns-into-link"));
        write("usr/share/turns-into-link/inside", "inside", 0644);
        Files.createSymbolicLink(root.resolve("usr/share/turns-into-folder"), Path.of("shop"));
        Libc.makeNode(root.resolve("dev/pipe"), 0010600, 0);
        write("var/lib/dpkg/status", "shop 1.0-1", 0644);
        Files.setLastModifiedTime(
                root.resolve("usr/bin/shop"), FileTime.from(NOON.plusNanos(123_456_789)));
    }

    /// What a nasty package would do to the tree; may be done again to a tree half restored.
    private void patch() throws IOException {
        Leftovers.deleteTree(root);
        makeOriginal();
        for (String replaced : List.of("usr/bin/shop", "usr/bin/shop-alias")) {
            Files.delete(root.resolve(replaced));
            write(replaced, "new program", 0755);
        }
        write("etc/shop.conf", "new configuration", 0644);
        Libc.removeAttribute(root.resolve("etc/shop.conf"), "user.note");
        Files.delete(root.resolve("usr/share/shop/doc.txt"));
        write("usr/share/shop/Főtanúsítvány.crt", "other", 0644);
        Leftovers.deleteTree(root.resolve("usr/share/shop/dropped"));
        Files.delete(root.resolve("usr/bin/link"));
        Files.createSymbolicLink(root.resolve("usr/bin/link"), Path.of("elsewhere"));
        Files.delete(root.resolve("etc/shop.d/to-root"));
        Leftovers.deleteTree(root.resolve("usr/share/turns-into-link"));
        Files.createSymbolicLink(root.resolve("usr/share/turns-into-link"), Path.of("shop"));
        Files.delete(root.resolve("usr/share/turns-into-folder"));
        Files.createDirectories(root.resolve("usr/share/turns-into-folder"));
        write("usr/share/turns-into-folder/doc.txt", "new", 0644);
        Files.createDirectories(root.resolve("usr/share/shop-new"));
        write("usr/share/shop-new/new.txt", "new", 0644);
        Files.delete(root.resolve("dev/pipe"));
        write("dev/pipe", "a file now", 0644);
        Files.setAttribute(root.resolve("usr/share/shop"), "unix:mode", 0700);
        write("var/lib/dpkg/status", "shop 1.0-2", 0644);
    }

    private static String digest(Path file) throws IOException {
        return Digests.sha256(Files.readAllBytes(file));
    }

    private static ChangeSet changes() {
        return new ChangeSet(
                List.of(
                        new Change("/usr/bin/shop", Kind.WRITTEN),
                        new Change("/usr/bin/shop-alias", Kind.WRITTEN),
                        new Change("/usr/bin/link", Kind.WRITTEN),
                        new Change("/etc/shop.conf", Kind.WRITTEN),
                        new Change("/etc/shop.d", Kind.ENTERED),
                        new Change("/etc/shop.d/to-root", Kind.REMOVED),
                        new Change("/usr/share/shop", Kind.ENTERED),
                        new Change("/usr/share/shop/doc.txt", Kind.REMOVED),
                        new Change("/usr/share/shop/Főtanúsítvány.crt", Kind.WRITTEN),
                        new Change("/usr/share/shop/dropped", Kind.REMOVED),
                        new Change("/usr/share/turns-into-link", Kind.WRITTEN),
                        new Change("/usr/share/turns-into-folder", Kind.REPLACED),
                        new Change("/usr/share/turns-into-folder/doc.txt", Kind.WRITTEN),
                        new Change("/usr/share/shop-new", Kind.ENTERED),
                        new Change("/usr/share/shop-new/new.txt", Kind.WRITTEN),
                        new Change("/dev/pipe", Kind.WRITTEN),
                        new Change("/var/lib/dpkg/status", Kind.WRITTEN)),
                0);
    }

    private void write(String path, String content, int mode) throws IOException {
        Path file = root.resolve(path);
        Files.writeString(file, content);
        Files.setAttribute(file, "unix:mode", mode);
    }

    /// Everything about every path that a restore must bring back, the locks of dpkg left out.
    private Map<String, String> describe() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                String name = "/" + root.relativize(path);
                if (name.startsWith("/var/lib/dpkg/lock")) {
                    continue;
                }
                LiveFile live = LiveFile.at(path).orElseThrow();
                String content = live.isRegular() ? Files.readString(path) : live.target();
                Saved.Attributes attributes = live.attributes();
                all.put(
                        name,
                        "%o %o %d:%d %s %s %d"
                                .formatted(
                                        live.type(),
                                        attributes.mode(),
                                        attributes.uid(),
                                        attributes.gid(),
                                        new TreeMap<>(attributes.extended()),
                                        content,
                                        live.isDirectory() ? 0 : live.links()));
            }
        }
        return all;
    }

    /// As if the agent had been killed before a step.
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class KillAt implements Steps {
        private int left;
        private String step = "";

        KillAt(int step) {
            this.left = step;
        }

        @Override
        public void before(String next) {
            left--;
            if (left == 0) {
                step = next;
                throw new Killed();
            }
        }
    }
}
