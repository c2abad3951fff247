package dev.understudy.app;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Options in a file, one `name = value` a line, by the names that they have on the command line;
/// Java's properties format in UTF-8.
record SettingsFile(Path path, Map<String, String> values) {
    static final SettingsFile NONE = new SettingsFile(Path.of(""), Map.of());

    /// What only makes sense where the program is started.
    private static final Collection<String> NOT_HERE = java.util.Set.of("settings", "data");

    SettingsFile {
        values = Map.copyOf(values);
    }

    /// The file, or nothing if it is not there.
    static Optional<SettingsFile> find(Path file) {
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /// @throws SettingsException if it cannot be read or says the same thing twice
    static SettingsFile read(Path file) {
        Map<String, String> values = new TreeMap<>();
        Properties lines =
                new Properties() {
                    @Override
                    public synchronized @Nullable Object put(Object key, Object value) {
                        String name = key.toString();
                        if (values.putIfAbsent(name, value.toString().strip()) != null) {
                            throw new SettingsException(
                                    "%s in %s is there twice; keep one of the lines"
                                            .formatted(name, file));
                        }
                        return null;
                    }
                };
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        } catch (NoSuchFileException _) {
            throw new SettingsException("settings", file.toString(), "a file that is there");
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(
                    "%s cannot be read: %s. Each line is name = value, in UTF-8."
                            .formatted(file, Objects.toString(e.getMessage(), e.toString())));
        }
        return new SettingsFile(file, values);
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    void refuseUnknown(Collection<String> known) {
        values.forEach(
                (name, value) -> {
                    if (!known.contains(name) || NOT_HERE.contains(name)) {
                        throw new SettingsException(
                                "%s in %s is '%s', and there is no such setting; there are %s"
                                        .formatted(
                                                name,
                                                path,
                                                name.contains("password") ? "…" : value,
                                                known.stream()
                                                        .filter(each -> !NOT_HERE.contains(each))
                                                        .sorted()
                                                        .collect(Collectors.joining(", "))));
                    }
                });
    }
}
