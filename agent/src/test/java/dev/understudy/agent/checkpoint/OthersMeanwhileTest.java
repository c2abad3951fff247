package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Somebody else changes packages while a restore waits for the lock of dpkg.
class OthersMeanwhileTest {
    private static final Plan PLAN =
            new Plan(List.of(new PackageChange("shop", "amd64", "1.0-1", "1.0-2")));

    @Test
    void aRestoreDoesNotMakeThePackageDatabaseForgetThem(@TempDir Path temporary) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "checkpoints need root");
        assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "checkpoints are taken in a UTF-8 locale");
        Path root = temporary.resolve("root");
        Path status = root.resolve("var/lib/dpkg/status");
        Files.createDirectories(status.getParent());
        Files.writeString(status, "shop 1.0-1, other 1.0");
        FolderPlace place = new FolderPlace(root);
        FixedPackages packages = new FixedPackages();
        packages.other.addAll(List.of("1.0"));
        Checkpoints checkpoints =
                new Checkpoints(temporary.resolve("data"), InstantSource.system());
        checkpoints.take(
                "c1",
                PLAN,
                new ChangeSet(List.of(new Change("/var/lib/dpkg/status", Kind.WRITTEN)), 0),
                place,
                packages,
                Optional.empty());
        Files.writeString(status, "shop 1.0-2, other 2.0");
        packages.other.add("2.0");
        packages.other.removeFirst();

        assertThatThrownBy(() -> checkpoints.restore("c1", place, packages))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("other packages were changed since (other:amd64)");
        assertThat(status).hasContent("shop 1.0-2, other 2.0");
    }
}
