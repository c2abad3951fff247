package dev.understudy.fleetsim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which source package a binary package comes from, as Debian's catalogue says; a package that it
/// does not have is its own source.
public final class SourceNames {
    private final Map<String, String> known = new HashMap<>();

    /// @param data the folder of the shared real data
    public static SourceNames read(Path data) throws IOException {
        SourceNames names = new SourceNames();
        Csv.read(
                data.resolve("inventories/debian12_package_catalogue.csv.gz"),
                row -> {
                    if (!row.get("source").isEmpty()) {
                        names.known.put(row.get("package"), name(row.get("source")));
                    }
                });
        return names;
    }

    /// `linux` of `linux (6.1.176-1)`, as the catalogue writes where versions differ.
    private static String name(String source) {
        return source.replaceFirst(" \\(.*", "").intern();
    }

    public String of(String binary) {
        return known.getOrDefault(binary, binary);
    }

    /// Empty for a package that the catalogue does not have.
    Optional<String> find(String binary) {
        return Optional.ofNullable(known.get(binary));
    }
}
