package dev.understudy.agent.checkpoint;

import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/// A complete checkpoint on disk: a folder with the manifest and the content of each regular file,
/// named by its SHA-256; where the plan was not rehearsed, also the archives of the former
/// versions.
public record Checkpoint(Path folder, String id, Instant takenAt, Plan plan, long bytes) {
    static final String MANIFEST = "manifest";
    static final String ARCHIVES = "archives";

    public CheckpointInfo info() {
        return new CheckpointInfo(id, takenAt, plan.digest(), bytes);
    }

    Path content(String sha256) {
        return content(folder, sha256);
    }

    Manifest manifest() throws IOException, CheckpointException {
        return Manifest.read(folder.resolve(MANIFEST));
    }

    static Path content(Path folder, String sha256) {
        return folder.resolve("content").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    static Checkpoint in(Path folder) throws IOException, CheckpointException {
        return of(folder, Manifest.header(folder.resolve(MANIFEST)));
    }

    /// As [#in], without verifying that the manifest is whole.
    static Checkpoint atAGlance(Path folder) throws IOException, CheckpointException {
        return of(folder, Manifest.headerAlone(folder.resolve(MANIFEST)));
    }

    private static Checkpoint of(Path folder, Manifest.Header header) {
        return new Checkpoint(folder, header.id(), header.takenAt(), header.plan(), header.bytes());
    }
}
