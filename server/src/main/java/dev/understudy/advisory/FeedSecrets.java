package dev.understudy.advisory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/// What the operator put into a folder for feeds, never on a command line or in the database:
/// `NAME.authorization`, the value of the header by which a feed's server lets us in (`Basic …`,
/// `Bearer …`), readable by its owner only; and `NAME.asc`, the public keys by which its publisher
/// signs. Read anew each time, so that they can be replaced while the server runs.
public final class FeedSecrets implements Proofs.Keys {
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);
    private static final int LONGEST = 8_192;

    private final Path folder;

    public FeedSecrets(Path folder) {
        this.folder = folder;
    }

    /// Where copies of what feeds publish in many documents are kept; may be lost at any time.
    Path mirrors() {
        return folder.resolve("mirrors");
    }

    Optional<String> authorization(String feed) throws FeedException {
        Path file = folder.resolve(feed + ".authorization");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new FeedException("%s can be read by others; chmod 600 it".formatted(file));
            }
            String value = Files.readString(file).strip();
            if (!value.matches("[A-Za-z]+ [\\x21-\\x7e]+") || value.length() > LONGEST) {
                throw new FeedException(
                        "%s does not hold one line like 'Bearer …' or 'Basic …'".formatted(file));
            }
            return Optional.of(value);
        } catch (IOException e) {
            throw new FeedException("%s cannot be read".formatted(file), e);
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
