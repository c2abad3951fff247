package dev.understudy.platform;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/// A file of the operator's with the value of the header by which another server lets us in (`Basic
/// …`, `Bearer …`), readable by its owner only. Such values are never on a command line or in the
/// database, and are read anew each time, so that they can be replaced while we run.
public final class AuthorizationFile {
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);
    private static final int LONGEST = 8_192;

    private AuthorizationFile() {}

    /// The value; empty if there is no such file.
    ///
    /// @throws IOException with a message for people, if others may read the file, or it holds
    ///   something else, or it cannot be read
    public static Optional<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String value;
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new IOException("%s can be read by others; chmod 600 it".formatted(file));
            }
            value = Files.readString(file).strip();
        } catch (FileSystemException | CharacterCodingException e) {
            throw new IOException("%s cannot be read: %s".formatted(file, e), e);
        }
        if (!value.matches("[A-Za-z]+ [\\x21-\\x7e]+") || value.length() > LONGEST) {
            throw new IOException(
                    "%s does not hold one line like 'Bearer …' or 'Basic …'".formatted(file));
        }
        return Optional.of(value);
    }
}
