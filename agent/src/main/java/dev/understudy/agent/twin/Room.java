package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where a twin's layers are, and how much they and the whole twin may take. They never get more
/// than the host has free and is expected to need, so that what would fill the host's disk fills
/// the twin's.
///
/// @param bytes the size of the layers' own file system
/// @param memory bytes of memory that the whole unit may use
record Room(Kind kind, long bytes, long memory) {
    /// What the layers are made of.
    enum Kind {
        MEMORY,
        /// A file in the agent's data folder that holds a file system.
        DISK
    }

    /// Left to the host, and the least that a twin's services get besides the files in memory.
    private static final long MEMORY_MARGIN = 256L << 20;

    private static final long DISK_MARGIN = 512L << 20;
    private static final long SMALLEST = 256L << 20;

    /// Beyond this a file system takes long to make, and no patch is that large.
    private static final long LARGEST_ON_DISK = 64L << 30;

    /// Memory is used if half of what is available is enough for the layers, otherwise the disk.
    ///
    /// @param space bytes that the patch is expected to write
    /// @param disk the folder for layers on disk
    static Room find(Place host, Path disk, long space, MountPlan plan, List<Database> databases)
            throws IOException, TwinException {
        long needed = SMALLEST + space;
        for (Database database : databases) {
            needed += database.bytes() + (32L << 20);
        }
        long available = availableMemory(host);
        long most = free(host, plan) + needed;
        if (needed <= available / 2) {
            return new Room(
                    Kind.MEMORY,
                    Math.min(Math.max(needed, available / 2), most),
                    available * 3 / 4);
        }
        if (available < 2 * MEMORY_MARGIN) {
            throw new TwinException(
                    "The twin's services need at least %d MiB of memory and %d MiB are available"
                            .formatted((2 * MEMORY_MARGIN) >> 20, available >> 20));
        }
        Files.createDirectories(disk);
        long free = Files.getFileStore(disk).getUsableSpace() - DISK_MARGIN;
        if (free < needed) {
            throw new TwinException(
                    "The twin needs %d MiB; %d MiB of memory are available, and %d MiB in %s"
                            .formatted(needed >> 20, available >> 20, free >> 20, disk));
        }
        long bytes = Math.min(Math.min(free, most), LARGEST_ON_DISK);
        return new Room(Kind.DISK, bytes, available * 3 / 4);
    }

    /// Bytes free in the roomiest of the file systems that the layers stand for.
    private static long free(Place host, MountPlan plan) throws IOException {
        long most = 0;
        for (String at : plan.layers()) {
            most = Math.max(most, Files.getFileStore(host.path(at)).getUsableSpace());
        }
        return most;
    }

    private static long availableMemory(Place host) throws IOException {
        for (String line : Files.readAllLines(host.path("/proc/meminfo"))) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("/proc/meminfo does not say how much memory is available");
    }
}
