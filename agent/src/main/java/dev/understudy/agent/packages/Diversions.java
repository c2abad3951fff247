package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Where dpkg puts the files of packages whose place somebody else claimed: the owner of the host,
/// or another package.
final class Diversions {
    private record Diversion(String to, String by) {}

    private final Map<String, Diversion> diversions = new HashMap<>();

    private Diversions() {}

    /// dpkg keeps three lines each: from, to, and the package whose own files are not diverted (`:`
    /// if there is none).
    static Diversions of(Place place) throws IOException {
        Diversions read = new Diversions();
        Path file = place.path("/var/lib/dpkg/diversions");
        if (!Files.exists(file)) {
            return read;
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.size() % 3 != 0) {
            throw new IOException(
                    "%s has %d lines; three for each diversion are expected"
                            .formatted(file, lines.size()));
        }
        for (int i = 0; i < lines.size(); i += 3) {
            read.diversions.put(lines.get(i), new Diversion(lines.get(i + 1), lines.get(i + 2)));
        }
        return read;
    }

    /// Where the file that package `name` ships at `path` is.
    String actual(String path, String name) {
        Diversion diversion = diversions.get(path);
        return diversion == null || diversion.by().equals(name) ? path : diversion.to();
    }
}
