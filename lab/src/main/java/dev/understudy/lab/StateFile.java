package dev.understudy.lab;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/// A small file of `key=value` lines that is either wholly the old one or wholly the new one.
public final class StateFile {
    private StateFile() {}

    public static Optional<Map<String, String>> read(Path file) {
        try {
            var lines = new Properties();
            lines.load(new StringReader(Files.readString(file)));
            var values = new TreeMap<String, String>();
            lines.stringPropertyNames().forEach(key -> values.put(key, lines.getProperty(key)));
            return Optional.of(values);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new LabException("%s is damaged: %s".formatted(file, e.getMessage()), e);
        }
    }

    public static void write(Path file, Map<String, String> values) {
        var text = new StringBuilder();
        new TreeMap<>(values)
                .forEach(
                        (key, value) -> {
                            if (!key.matches("[a-zA-Z0-9._-]+")
                                    || value.matches("(?s).*[\n\r].*")) {
                                throw new IllegalArgumentException("Not storable: " + key);
                            }
                            String escaped = value.replace("\\", "\\\\");
                            text.append(key).append('=').append(escaped).append('\n');
                        });
        writeText(file, text.toString());
    }

    public static void writeText(Path file, String text) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.createDirectories(next.getParent());
            Files.writeString(next, text);
            try (var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(
                    next,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    /// A value that has to be there.
    public static String get(Map<String, String> state, String key) {
        String value = state.get(key);
        if (value == null) {
            throw new LabException(
                    "A state file has no '%s': %s. Maybe another version wrote it."
                            .formatted(key, state));
        }
        return value;
    }
}
