package dev.understudy.protocol;

/// Space on one file system, in bytes, rounded down to 64 MiB so that an idle host's inventory does
/// not change with every log line.
public record DiskSpace(String mount, long totalBytes, long freeBytes) {
    private static final long STEP = 64L << 20;

    public DiskSpace {
        Require.text(mount, "mount", 4096);
        totalBytes = Require.atLeast(totalBytes, 0, "totalBytes of " + mount) / STEP * STEP;
        freeBytes = Require.atLeast(freeBytes, 0, "freeBytes of " + mount) / STEP * STEP;
    }
}
