package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Restores on a file system that has room for little more than what is on it.
class FullDiskTest {
    private static final Plan PLAN =
            new Plan(List.of(new PackageChange("shop", "amd64", "1.0-1", "1.0-2")));
    private static final int FILES = 6;
    private static final int FILE = 3 << 20;

    @TempDir Path temporary;
    private Path root;
    private final FixedPackages packages = new FixedPackages();

    @BeforeEach
    void mountDisk() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root to mount a disk");
        assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "checkpoints are taken in a UTF-8 locale");
        root = Files.createDirectories(temporary.resolve("root"));
        int room = FILES * FILE + FILE + (1 << 20);
        assertThat(run("mount", "-t", "tmpfs", "-o", "size=" + room, "disk", root.toString()))
                .isZero();
    }

    @AfterEach
    void unmountDisk() throws Exception {
        if (root != null) {
            run("umount", root.toString());
        }
    }

    @Test
    void needsRoomForOneFileOnly() throws Exception {
        fill((byte) 1);
        List<Change> changes =
                IntStream.range(0, FILES).mapToObj(n -> new Change("/" + n, Kind.WRITTEN)).toList();
        Checkpoints checkpoints =
                new Checkpoints(temporary.resolve("data"), InstantSource.system());
        FolderPlace place = new FolderPlace(root);
        checkpoints.take("c1", PLAN, new ChangeSet(changes, 0), place, packages, Optional.empty());
        fill((byte) 2);

        RestoreResult result = checkpoints.restore("c1", place, packages);

        assertThat(result.reasons()).isEmpty();
        for (int n = 0; n < FILES; n++) {
            assertThat(Files.readAllBytes(root.resolve(Integer.toString(n)))).containsOnly(1);
        }
    }

    private void fill(byte content) throws IOException {
        byte[] bytes = new byte[FILE];
        Arrays.fill(bytes, content);
        for (int n = 0; n < FILES; n++) {
            Path file = root.resolve(Integer.toString(n));
            Files.deleteIfExists(file);
            Files.write(file, bytes);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
