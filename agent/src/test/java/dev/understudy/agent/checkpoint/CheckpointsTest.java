package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Works as root (owners, devices, capabilities).
class CheckpointsTest {
    private static final Plan PLAN =
            new Plan(List.of(new PackageChange("shop", "amd64", "1.0-1", "1.0-2")));
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir Path temporary;
    private ShopTree tree;
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
        tree = new ShopTree(temporary.resolve("root"));
        data = temporary.resolve("data");
        place = new FolderPlace(tree.root);
    }

    @Test
    void putsEverythingBackAsItWas() throws Exception {
        Map<String, String> original = tree.describe();
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
        tree.patch();
        assertThat(tree.describe()).isNotEqualTo(original);

        RestoreResult result = checkpoints.restore("c1", place, packages);

        assertThat(result.reasons()).isEmpty();
        assertThat(result.complete()).isTrue();
        assertThat(tree.describe()).isEqualTo(original);
        // The linker's cache is among the files.
        assertThat(place.commands).doesNotContain("ldconfig");
    }

    @Test
    void endsInTheSameStateWhereverItWasKilledBefore() throws Exception {
        Map<String, String> original = tree.describe();
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
        int killedAt = 1;
        while (true) {
            tree.patch();
            KillAt kill = new KillAt(killedAt);
            try {
                checkpoints(kill).restore("c1", place, packages);
            } catch (Killed expected) {
                killedAt++;
                RestoreResult result = checkpoints.restore("c1", place, packages);
                assertThat(result.reasons()).as("killed before: %s", kill.step).isEmpty();
                assertThat(tree.describe()).as("killed before: %s", kill.step).isEqualTo(original);
                continue;
            }
            break;
        }
        assertThat(killedAt).isGreaterThan(25);
    }

    @Test
    void restoresAgainWithoutTouchingWhatIsAsSavedAlready() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
        tree.patch();
        checkpoints.restore("c1", place, packages);

        KillAt first = new KillAt(1);
        assertThat(checkpoints(first).restore("c1", place, packages).complete()).isTrue();
        assertThat(first.step).isEmpty();
    }

    @Test
    void namesPackagesThatAreNotBack() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
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
                checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
        String sha256 = ShopTree.digest(tree.root.resolve("usr/bin/shop"));
        tree.patch();
        Files.writeString(taken.content(sha256), "damaged");

        RestoreResult result = checkpoints.restore("c1", place, packages);

        assertThat(result.complete()).isFalse();
        assertThat(result.pathsDiffering()).contains("/usr/bin/shop").hasSize(2);
        assertThat(result.reasons().getFirst()).contains("damaged");
    }

    @Test
    void neverFollowsALinkThatReplacedADirectory() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
        tree.patch();
        // What the patch made a directory is a link to another place by now.
        Path outside = temporary.resolve("outside");
        Files.createDirectories(outside);
        Files.writeString(outside.resolve("new.txt"), "not ours");
        Files.delete(tree.root.resolve("usr/share/shop-new/new.txt"));
        Files.delete(tree.root.resolve("usr/share/shop-new"));
        Files.createSymbolicLink(tree.root.resolve("usr/share/shop-new"), outside);

        checkpoints.restore("c1", place, packages);

        assertThat(outside.resolve("new.txt")).hasContent("not ours");
        assertThat(Files.exists(tree.root.resolve("usr/share/shop-new"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    @Test
    void sweepsTheJournalOfDpkgBeforeAnythingElse() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
        Files.createDirectories(tree.root.resolve("var/lib/dpkg/updates"));
        Files.writeString(tree.root.resolve("var/lib/dpkg/updates/0001"), "replayed otherwise");
        Files.createDirectories(tree.root.resolve("var/lib/dpkg/tmp.ci"));
        Files.writeString(tree.root.resolve("var/lib/dpkg/tmp.ci/control"), "");
        Files.writeString(tree.root.resolve("usr/bin/shop.dpkg-new"), "");
        Files.writeString(tree.root.resolve("etc/other.conf.dpkg-new"), "");

        checkpoints.restore("c1", place, packages);

        assertThat(tree.root.resolve("var/lib/dpkg/updates")).isEmptyDirectory();
        assertThat(tree.root.resolve("var/lib/dpkg/tmp.ci")).doesNotExist();
        assertThat(tree.root.resolve("usr/bin/shop.dpkg-new")).doesNotExist();
        assertThat(tree.root.resolve("etc/other.conf.dpkg-new")).doesNotExist();
    }

    @Test
    void reusesContentOfAnEarlierCheckpointThatWasNotTouchedSince() throws Exception {
        Checkpoints earlier = new Checkpoints(temporary.resolve("earlier"), InstantSource.system());
        Checkpoint first =
                earlier.take("r1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
        Path shop = tree.root.resolve("usr/bin/shop");
        Path conf = tree.root.resolve("etc/shop.conf");
        Files.writeString(conf, "edited since");
        Map<String, String> original = tree.describe();
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);

        Checkpoint second =
                checkpoints.take(
                        "c1", PLAN, ShopTree.changes(), place, packages, Optional.of(first));

        String kept = ShopTree.digest(shop);
        assertThat(Files.isSameFile(first.content(kept), second.content(kept))).isTrue();
        tree.patch();
        earlier.delete("r1");
        assertThat(checkpoints.restore("c1", place, packages).reasons()).isEmpty();
        assertThat(tree.describe()).isEqualTo(original);
        assertThat(conf).hasContent("edited since");
    }

    @Test
    void refusesAManifestThatWasAlteredOrCutOff() throws Exception {
        Checkpoints checkpoints = checkpoints(Steps.UNWATCHED);
        Checkpoint taken =
                checkpoints.take("c1", PLAN, ShopTree.changes(), place, packages, Optional.empty());
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
            checkpoints.take(
                    "day-" + day, PLAN, ShopTree.changes(), place, packages, Optional.empty());
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
