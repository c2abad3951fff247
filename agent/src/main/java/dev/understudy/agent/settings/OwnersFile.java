package dev.understudy.agent.settings;

import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a JSON file that the owner wrote into a record, strictly.
public final class OwnersFile {
    private static final int LARGEST = 1 << 20;
    private static final Pattern LINE = Pattern.compile("at line (\\d+)");

    private OwnersFile() {}

    /// The record in the file; empty if there is no such file.
    ///
    /// @throws SettingsException if it cannot be read, is not exactly such a record, or others than
    ///   its owner may write it
    public static <T> Optional<T> read(Path file, Class<T> type) throws SettingsException {
        byte[] bytes;
        try {
            if (Files.size(file) > LARGEST) {
                throw new SettingsException(file + " is larger than 1 MiB");
            }
            if (!Files.isRegularFile(file)) {
                throw new SettingsException(file + " is not a file");
            }
            refuseIfOthersMayWrite(file);
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new SettingsException("%s cannot be read: %s".formatted(file, e), e);
        }
        try {
            return Optional.of(Wire.decodeExactly(bytes, type));
        } catch (WireException e) {
            throw new SettingsException(
                    "%s is %s%s".formatted(file, e.getMessage(), line(bytes, e.toString())), e);
        }
    }

    private static void refuseIfOthersMayWrite(Path file) throws IOException, SettingsException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            throw new SettingsException(
                    "%s can be written by others than its owner. Try: chmod go-w %s"
                            .formatted(file, file));
        }
    }

    /// The line that the parser stumbled over, so that the value is in the message too.
    private static String line(byte[] bytes, String message) {
        Matcher matcher = LINE.matcher(message);
        if (!matcher.find()) {
            return "";
        }
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .skip(Long.parseLong(matcher.group(1)) - 1)
                .findFirst()
                .map(text -> " (the line is: %s)".formatted(text.strip()))
                .orElse("");
    }
}
