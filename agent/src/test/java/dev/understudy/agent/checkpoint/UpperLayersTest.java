package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.agent.checkpoint.UpperLayers.Stamp;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.exec.Output;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads the layer of a real overlay mount, and undoes it.
class UpperLayersTest {
    @TempDir Path temporary;
    private Path lower;
    private Path merged;
    private boolean mounted;
    private UpperLayers layers;

    @BeforeEach
    void mount() throws Exception {
        lower = folder("lower");
        merged = folder("merged");
        Path upper = folder("upper");
        for (String name : List.of("usr/bin", "usr/share/doc/shop", "etc", "var/lib/shop")) {
            Files.createDirectories(lower.resolve(name));
        }
        Files.writeString(lower.resolve("usr/bin/shop"), "old");
        Files.writeString(lower.resolve("usr/bin/untouched"), "same");
        Files.writeString(lower.resolve("usr/share/doc/shop/a"), "a");
        Files.writeString(lower.resolve("etc/shop.conf"), "conf");
        Output output =
                new LiveHost()
                        .run(
                                Command.of(
                                        "mount",
                                        "-t",
                                        "overlay",
                                        "understudy-test",
                                        "-o",
                                        "lowerdir=%s,upperdir=%s,workdir=%s,redirect_dir=off"
                                                .formatted(lower, upper, folder("work")),
                                        merged.toString()));
        assumeTrue(output.succeeded(), "no overlay can be mounted here: " + output.tail());
        mounted = true;
        layers = new UpperLayers(List.of(new UpperLayer("/", upper)));
    }

    @AfterEach
    void unmount() throws InterruptedException {
        if (mounted) {
            Output output = new LiveHost().run(Command.of("umount", merged.toString()));
            assertThat(output.succeeded()).as(output.tail()).isTrue();
        }
    }

    @Test
    void tellsWhatWasWrittenRemovedAndReplacedSinceAMoment() throws Exception {
        Files.writeString(merged.resolve("etc/written-at-boot"), "not the patch's doing");
        Map<String, Stamp> before = layers.stamps();
        patch();

        ChangeSet changes = layers.changedSince(before, scope());

        assertThat(changes.changes())
                .containsExactly(
                        new Change("/etc", Kind.ENTERED),
                        new Change("/etc/shop.conf", Kind.REMOVED),
                        new Change("/usr", Kind.ENTERED),
                        new Change("/usr/bin", Kind.ENTERED),
                        new Change("/usr/bin/shop", Kind.WRITTEN),
                        new Change("/usr/share", Kind.ENTERED),
                        new Change("/usr/share/doc", Kind.ENTERED),
                        new Change("/usr/share/doc/shop", Kind.REPLACED),
                        new Change("/usr/share/doc/shop/b", Kind.WRITTEN),
                        new Change("/var", Kind.ENTERED),
                        new Change("/var/lib", Kind.ENTERED),
                        new Change("/var/lib/shop", Kind.ENTERED));
        assertThat(changes.leftOut()).isEqualTo(2);
        assertThat(changes.configurationPaths()).containsExactly("/etc/shop.conf");
    }

    @Test
    void leadsToAnUndoAfterWhichNothingDiffers() throws Exception {
        Map<String, Stamp> before = layers.stamps();
        patch();
        ChangeSet changes = layers.changedSince(before, scope());
        Checkpoints checkpoints = new Checkpoints(folder("data"), InstantSource.system());
        Plan plan = new Plan(List.of(new PackageChange("shop", "amd64", "1.0-1", "1.0-2")));
        FixedPackages packages = new FixedPackages();
        checkpoints.take("c1", plan, changes, new FolderPlace(lower), packages, Optional.empty());
        assertThat(new Difference(lower, merged).of(changes)).hasSize(3);

        assertThat(checkpoints.restore("c1", new FolderPlace(merged), packages).reasons())
                .isEmpty();

        ChangeSet afterwards = layers.changedSince(before, scope());
        assertThat(new Difference(lower, merged).of(afterwards)).isEmpty();
        assertThat(merged.resolve("usr/share/doc/shop/a")).hasContent("a");
        assertThat(merged.resolve("usr/share/doc/shop/b")).doesNotExist();
    }

    private void patch() throws IOException {
        Files.delete(merged.resolve("usr/bin/shop"));
        Files.writeString(merged.resolve("usr/bin/shop"), "new");
        Files.delete(merged.resolve("etc/shop.conf"));
        Files.delete(merged.resolve("usr/share/doc/shop/a"));
        Files.delete(merged.resolve("usr/share/doc/shop"));
        Files.createDirectory(merged.resolve("usr/share/doc/shop"));
        Files.writeString(merged.resolve("usr/share/doc/shop/b"), "b");
        Files.writeString(merged.resolve("var/lib/shop/data.db"), "data");
        Files.setAttribute(merged.resolve("var/lib/shop/data.db"), "unix:uid", 33);
        Files.createDirectories(merged.resolve("var/log"));
    }

    private Scope scope() throws IOException {
        return Scope.of(List.of(lower, merged), List.of());
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(temporary.resolve(name));
    }
}
