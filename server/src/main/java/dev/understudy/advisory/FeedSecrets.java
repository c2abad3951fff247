package dev.understudy.advisory;

import dev.understudy.platform.AuthorizationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What the operator put into a folder for feeds, never on a command line or in the database:
/// `NAME.authorization`, by which a feed's server lets us in (see [AuthorizationFile]); and
/// `NAME.asc`, the public keys by which its publisher signs. Read anew each time, so that they can
/// be replaced while the server runs.
public final class FeedSecrets implements Proofs.Keys {
    private final Path folder;

    public FeedSecrets(Path folder) {
        this.folder = folder;
    }

    /// Where copies of what feeds publish in many documents are kept; may be lost at any time.
    Path mirrors() {
        return folder.resolve("mirrors");
    }

    Optional<String> authorization(String feed) throws FeedException {
        try {
            return AuthorizationFile.read(folder.resolve(feed + ".authorization"));
        } catch (IOException e) {
            throw new FeedException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Optional<OpenPgpKeys> of(String feed) throws FeedException {
        Path file = folder.resolve(feed + ".asc");
        return feed.isEmpty() || !Files.exists(file)
                ? Optional.empty()
                : Optional.of(OpenPgpKeys.read(file));
    }
}
