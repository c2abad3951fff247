package dev.understudy.protocol;

import java.time.Instant;

/// A checkpoint that the host keeps: `bytes` is its size on disk.
public record CheckpointInfo(String id, Instant takenAt, String planDigest, long bytes) {
    public CheckpointInfo {
        Require.text(id, "checkpoint", 64);
        Require.present(takenAt, "takenAt");
        Require.length(planDigest, "planDigest", 64);
        Require.atLeast(bytes, 0, "bytes");
    }
}
