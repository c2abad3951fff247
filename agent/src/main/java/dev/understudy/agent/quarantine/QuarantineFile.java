package dev.understudy.agent.quarantine;

import dev.understudy.agent.files.WholeFile;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.QuarantinedVersion;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The last notice, on disk, with what decides which of it concerns this host.
final class QuarantineFile {
    private final Path folder;

    QuarantineFile(Path folder) {
        this.folder = folder;
    }

    /// @param notice null as long as the control plane told none
    /// @param release the host's; empty as long as the host was not looked at
    record Content(@Nullable QuarantineNotice notice, String release, @Nullable String makeup) {
        List<QuarantinedVersion> versions() {
            return notice == null ? List.of() : notice.versions();
        }
    }

    /// Empty if there is none, or if it cannot be read: the control plane tells it again.
    Optional<Content> read() {
        try {
            return Files.exists(file())
                    ? Optional.of(Wire.decode(Files.readAllBytes(file()), Content.class))
                    : Optional.empty();
        } catch (IOException | WireException e) {
            Log.warn("%s is of no use and will be fetched again: %s", file(), e.getMessage());
            return Optional.empty();
        }
    }

    /// Returns once it is on the disk.
    void write(Content content) throws IOException {
        WholeFile.write(file(), Wire.encode(content), WholeFile.PRIVATE);
    }

    private Path file() {
        return folder.resolve("notice.json");
    }
}
