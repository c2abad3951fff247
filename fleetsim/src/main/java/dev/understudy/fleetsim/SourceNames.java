package dev.understudy.fleetsim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

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
                        names.known.put(row.get("package"), row.get("source").intern());
                    }
                });
        return names;
    }

    public String of(String binary) {
        return known.getOrDefault(binary, binary);
    }
}
