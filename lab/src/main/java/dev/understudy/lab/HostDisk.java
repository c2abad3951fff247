package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/// A host's disk: a sparse image with a file system of its own, so that a host that fills its disk
/// fills nothing else. The host's supervisor mounts it, and an overlay of it over the layers as the
/// host's root; no other process sees either.
///
/// @param folder the host's folder
record HostDisk(Path folder) {
    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(20);
    private static final int REPAIRED = 1;

    /// Makes the disk, once, and checks it.
    void prepare(String size) {
        try {
            Files.createDirectories(root());
            Files.createDirectories(mountPoint());
            if (!Files.exists(image())) {
                make(size);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare the disk in " + folder, e);
        }
        // A check of a disk that something still has mounted would destroy it.
        if (!Waiting.until(RELEASE_LIMIT, () -> !isAttached())) {
            throw new LabException("The disk is still in use: " + image());
        }
        var check =
                Programs.attempt(
                        Duration.ofMinutes(2), List.of("e2fsck", "-y", image().toString()));
        if (check.exit() > REPAIRED) {
            throw new LabException("The disk is damaged: " + check.output());
        }
        if (check.exit() == REPAIRED) {
            System.err.println("Repaired " + image());
        }
    }

    /// Takes the disk from its host as it is, without what the host's kernel has not yet written.
    ///
    /// @param supervisor the process whose mount namespace the disk is in
    void cutOff(ProcessId supervisor) {
        Path seen = Path.of("/proc", Long.toString(supervisor.pid()), "root");
        try {
            CLibrary.cutOff(seen.resolve(Path.of("/").relativize(mountPoint())));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot cut off " + image(), e);
        }
    }

    Path image() {
        return folder.resolve("disk.img");
    }

    Path mountPoint() {
        return folder.resolve("disk");
    }

    Path root() {
        return folder.resolve("root");
    }

    private boolean isAttached() {
        return !Programs.run("losetup", "--associated", image().toString()).isEmpty();
    }

    private void make(String size) throws IOException {
        Path next = folder.resolve("disk.img.next");
        Files.deleteIfExists(next);
        Programs.run("truncate", "-s", size, next.toString());
        Programs.run("mkfs.ext4", "-q", "-F", "-m", "0", next.toString());
        Files.move(next, image(), StandardCopyOption.ATOMIC_MOVE);
    }
}
