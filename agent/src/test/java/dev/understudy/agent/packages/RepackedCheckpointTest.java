package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The checkpoint of a host that cannot rehearse: real apt and dpkg, packages made for the purpose.
@Tag("slow")
class RepackedCheckpointTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final Plan PLAN =
            new Plan(
                    List.of(
                            new PackageChange("one", "all", "1.0", "1.1"),
                            new PackageChange("two", "all", "1:1.0", "1:1.1"),
                            new PackageChange("three", "all", "1.0", "1.1"),
                            new PackageChange("fresh", "all", null, "3"),
                            new PackageChange("foe", "all", "1.0", null)));

    private @Nullable ThrowawayRoot root;

    @BeforeEach
    void makeRoot(@TempDir Path folder) throws Exception {
        ThrowawayRoot.assumePossible();
        root = new ThrowawayRoot(folder);
    }

    @AfterEach
    void removeRoot() throws Exception {
        if (root != null) {
            root.remove();
        }
    }

    @Test
    void bringsVersionsFilesConfigurationAndWhatScriptsMadeBack() throws Exception {
        makeHost();
        Map<String, String> before = picture();
        List<InstalledPackage> installed = apt().installed();
        apt().download(PLAN, LIMIT);
        Path archives = root().path("/var/cache/apt/archives");
        Files.copy(
                root().path("/repository/two_1%3a1.0_all.deb"),
                archives.resolve("two_1%3a1.0_all.deb"));
        Files.writeString(archives.resolve("one_1.0_all.deb"), "not what the repository has");

        checkpoints().takeRepacked("c1", PLAN, root(), apt(), oldArchives(), List.of());
        List<String> notes = checkpoints().repacked("c1").orElseThrow();
        assertThat(notes)
                .anySatisfy(note -> assertThat(note).contains("packed again", "foe, one, three"))
                .anySatisfy(note -> assertThat(note).contains("1 files of three", "three/version"))
                .anySatisfy(note -> assertThat(note).contains("owner changed", "/etc/one.conf"))
                .noneSatisfy(note -> assertThat(note).contains("packed again", "two"));
        apt().apply(PLAN, LIMIT);
        assertThat(versions())
                .isEqualTo(
                        Map.of(
                                "one", "1.1", "two", "1:1.1", "three", "1.1", "fresh", "3", "other",
                                "1.0"));
        assertThat(Files.readString(root().path("/etc/made-by-one"))).isEqualTo("1.1\n");

        RestoreResult restored = checkpoints().restore("c1", root(), apt());

        assertThat(restored.reasons()).isEmpty();
        assertThat(restored.complete()).isTrue();
        assertThat(apt().installed()).isEqualTo(installed);
        assertThat(picture()).isEqualTo(before);
        assertThat(Files.readString(root().path("/etc/one.conf"))).isEqualTo("the owner's\n");
        assertThat(Files.readString(root().path("/etc/made-by-one"))).isEqualTo("1.0\n");
        assertThat(apt().inconsistencies()).isEmpty();
        assertThat(checkpoints().restore("c1", root(), apt()).complete()).isTrue();
    }

    @Test
    void bringsBackWhatAFailingInstallationLeftHalfDone() throws Exception {
        makeHost();
        Map<String, String> before = picture();
        List<PackageChange> changes = new ArrayList<>(PLAN.changes());
        changes.removeIf(change -> change.name().equals("one"));
        changes.add(new PackageChange("one", "all", "1.0", "1.2"));
        Plan plan = new Plan(changes);
        apt().download(plan, LIMIT);
        checkpoints().takeRepacked("c1", plan, root(), apt(), oldArchives(), List.of());
        assertThatThrownBy(() -> apt().apply(plan, LIMIT))
                .isInstanceOf(PackageManagerException.class);
        assertThat(apt().inconsistencies()).isNotEmpty();

        RestoreResult restored = checkpoints().restore("c1", root(), apt());

        assertThat(restored.reasons()).isEmpty();
        assertThat(picture()).isEqualTo(before);
        assertThat(apt().inconsistencies()).isEmpty();
    }

    @Test
    void doesNotMakeDpkgForgetWhatHappenedToOtherPackagesSince() throws Exception {
        makeHost();
        apt().download(PLAN, LIMIT);
        checkpoints().takeRepacked("c1", PLAN, root(), apt(), oldArchives(), List.of());
        apt().apply(PLAN, LIMIT);
        root().publish("other", "1.1", "", "", "");
        root().must("dpkg", "-i", "/repository/other_1.1_all.deb");

        assertThatThrownBy(() -> checkpoints().restore("c1", root(), apt()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("other:all");
        assertThat(versions()).containsEntry("other", "1.1").containsEntry("one", "1.1");
    }

    @Test
    void saysWhichArchiveIsDamagedAndStillBringsTheFilesBack() throws Exception {
        makeHost();
        Map<String, String> before = picture();
        apt().download(PLAN, LIMIT);
        checkpoints().takeRepacked("c1", PLAN, root(), apt(), oldArchives(), List.of());
        apt().apply(PLAN, LIMIT);
        Files.writeString(
                root().path("/var/lib/understudy/checkpoints/c1/archives/one_1.0_all.deb"), "x");

        RestoreResult restored = checkpoints().restore("c1", root(), apt());

        assertThat(restored.complete()).isFalse();
        assertThat(restored.reasons()).hasSize(1);
        assertThat(restored.reasons().getFirst()).contains("dpkg", "one_1.0_all.deb");
        assertThat(restored.versionsDiffering()).isEmpty();
        assertThat(restored.pathsDiffering()).isEmpty();
        Map<String, String> after = picture();
        before.remove("/etc/made-by-one");
        after.remove("/etc/made-by-one");
        assertThat(after).isEqualTo(before);
    }

    /// A host with all that makes packing again hard: configuration of the owner's, a diverted
    /// file, a file that is gone, a version with an epoch, a package that comes and one that goes.
    private void makeHost() throws Exception {
        install("one", "1.0", "echo 1.0 >/etc/made-by-one", "old\n");
        install("two", "1:1.0", "", "");
        install("three", "1.0", "", "");
        install("foe", "1.0", "", "foe\n");
        install("other", "1.0", "", "");
        Files.writeString(root().path("/etc/one.conf"), "the owner's\n");
        root().must(
                        "dpkg-divert",
                        "--local",
                        "--rename",
                        "--divert",
                        "/usr/share/two/theirs",
                        "--add",
                        "/usr/share/two/version");
        Files.writeString(root().path("/usr/share/two/version"), "the owner's version\n");
        Files.delete(root().path("/usr/share/three/version"));
        root().publish(
                        "one",
                        "1.1",
                        "Depends: fresh\nConflicts: foe",
                        "echo 1.1 >/etc/made-by-one",
                        "new\n");
        root().publish("one", "1.2", "Depends: fresh\nConflicts: foe", "exit 3", "newest\n");
        root().publish("two", "1:1.1", "", "", "");
        root().publish("three", "1.1", "", "", "");
        root().publish("fresh", "3", "", "", "fresh\n");
        apt().refresh(LIMIT);
    }

    private void install(String name, String version, String postinst, String configuration)
            throws Exception {
        root().publish(name, version, "", postinst, configuration);
        root().must(
                        "dpkg",
                        "-i",
                        "/repository/%s_%s_all.deb".formatted(name, version.replace(":", "%3a")));
    }

    /// Mode, owner and content of all that packages and dpkg may have changed.
    private Map<String, String> picture() throws Exception {
        Map<String, String> picture = new TreeMap<>();
        for (String top :
                List.of(
                        "/etc/one.conf",
                        "/etc/foe.conf",
                        "/etc/fresh.conf",
                        "/etc/made-by-one",
                        "/usr/share/one",
                        "/usr/share/two",
                        "/usr/share/three",
                        "/usr/share/foe",
                        "/usr/share/fresh",
                        "/usr/share/other",
                        "/var/lib/dpkg")) {
            Path path = root().path(top);
            if (!Files.exists(path)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.toList()) {
                    String name = file.toString().substring(root().path("/").toString().length());
                    if (!name.matches("/var/lib/dpkg/(lock.*|triggers/Lock|available)")) {
                        picture.put(name, describe(file));
                    }
                }
            }
        }
        return picture;
    }

    private static String describe(Path file) throws IOException {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        String content =
                Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.readString(file) : "";
        return mode + " " + Files.getOwner(file) + " " + content;
    }

    private ThrowawayRoot root() {
        if (root == null) {
            throw new IllegalStateException("no root was made");
        }
        return root;
    }

    private Apt apt() {
        return new Apt(root(), AptSettings.ofHost());
    }

    private OldArchives oldArchives() {
        return new OldArchives(root(), apt());
    }

    private Checkpoints checkpoints() {
        return new Checkpoints(root().path("/var/lib/understudy"), InstantSource.system());
    }

    private Map<String, String> versions() throws Exception {
        return ThrowawayRoot.added(apt().installed());
    }
}
