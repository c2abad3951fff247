package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/// A host's disk: a sparse image with a file system of its own, so that a host that fills its disk
/// fills nothing else, and the overlay of it over the layers.
///
/// @param folder the host's folder
record HostDisk(Path folder) {
    Path root() {
        return folder.resolve("root");
    }

    /// Mounts the host's root, as empty as the layers when it is new.
    ///
    /// @param layers the uppermost first
    void mount(List<Layers.Layer> layers, String size) {
        try {
            Files.createDirectories(root());
            Files.createDirectories(disk());
            if (!Files.exists(image())) {
                makeImage(size);
            }
            var check =
                    Programs.attempt(
                            Duration.ofMinutes(2), List.of("e2fsck", "-p", image().toString()));
            if (check.exit() > 1) {
                throw new LabException("The disk is damaged: " + check.output());
            }
            Programs.run(
                    "mount", "-o", "loop,noatime,discard", image().toString(), disk().toString());
            Files.createDirectories(disk().resolve("upper"));
            Files.createDirectories(disk().resolve("work"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare the disk in " + folder, e);
        }
        String lower =
                String.join(":", layers.stream().map(layer -> layer.root().toString()).toList());
        Programs.run(
                "mount",
                "-t",
                "overlay",
                folder.getFileName().toString(),
                "-o",
                "lowerdir=%s,upperdir=%s,workdir=%s"
                        .formatted(lower, disk().resolve("upper"), disk().resolve("work")),
                root().toString());
    }

    void unmount() {
        Mounts.unmountBelow(folder);
    }

    private void makeImage(String size) throws IOException {
        Path next = folder.resolve("disk.img.next");
        Files.deleteIfExists(next);
        Programs.run("truncate", "-s", size, next.toString());
        Programs.run("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", next.toString());
        Files.move(next, image(), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path image() {
        return folder.resolve("disk.img");
    }

    private Path disk() {
        return folder.resolve("disk");
    }
}
