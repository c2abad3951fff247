package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptTest {
    private static final Plan PLAN =
            new Plan(List.of(new PackageChange("shop", "amd64", "1.0-1", "1.0-2")));
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Retention MONTH = new Retention(10, Duration.ofDays(30), Long.MAX_VALUE);

    @TempDir Path temporary;
    private Instant now = NOON;
    private Checkpoints checkpoints;

    @BeforeEach
    void takeThree() throws Exception {
        assumeThat(System.getProperty("sun.jnu.encoding"))
                .as("checkpoints are taken in a UTF-8 locale")
                .isEqualTo("UTF-8");
        Path root = Files.createDirectories(temporary.resolve("root"));
        Files.writeString(root.resolve("shop"), "1.0-1");
        checkpoints = new Checkpoints(temporary, () -> now);
        ChangeSet changes = new ChangeSet(List.of(new Change("/shop", Kind.WRITTEN)), 0);
        for (String id : List.of("first", "second", "third")) {
            now = now.plusSeconds(60);
            checkpoints.take(
                    id,
                    PLAN,
                    changes,
                    new FolderPlace(root),
                    new FixedPackages(),
                    Optional.empty());
        }
    }

    @Test
    void aDamagedCheckpointHidesNoOther() throws Exception {
        damage("first", "");
        damage("second", "cut off".repeat(20));
        Files.createDirectories(temporary.resolve("checkpoints/fourth.unfinished"));

        assertThat(checkpoints.all().infos())
                .extracting(CheckpointInfo::id)
                .containsExactly("third");
        assertThat(checkpoints.all().damaged())
                .extracting(Kept.Damaged::id)
                .containsExactly("first", "second");
        assertThat(checkpoints.all().damaged().getFirst().why()).contains("cut off");
        assertThat(checkpoints.find("third")).isPresent();
    }

    @Test
    void aCheckpointWithoutAManifestIsDamagedToo() throws Exception {
        Files.delete(temporary.resolve("checkpoints/third/manifest"));

        assertThat(checkpoints.all().infos())
                .extracting(CheckpointInfo::id)
                .containsExactly("second", "first");
        assertThat(checkpoints.all().damaged())
                .singleElement()
                .satisfies(damaged -> assertThat(damaged.id()).isEqualTo("third"));
    }

    @Test
    void aDamagedCheckpointGoesWhenItIsTooOldAndNotNeeded() throws Exception {
        damage("first", "");
        damage("second", "");

        assertThat(checkpoints.prune(MONTH, Set.of())).isEmpty();

        Instant longAgo = now.minus(Duration.ofDays(31));
        for (String id : List.of("first", "second")) {
            Files.setLastModifiedTime(
                    temporary.resolve("checkpoints").resolve(id), FileTime.from(longAgo));
        }
        assertThat(checkpoints.prune(MONTH, Set.of("second"))).containsExactly("first");
        assertThat(checkpoints.all().damaged())
                .extracting(Kept.Damaged::id)
                .containsExactly("second");
    }

    private void damage(String id, String manifest) throws IOException {
        Path folder = temporary.resolve("checkpoints").resolve(id);
        Files.writeString(folder.resolve(Checkpoint.MANIFEST), manifest);
        Files.setLastModifiedTime(folder, FileTime.from(now));
    }
}
