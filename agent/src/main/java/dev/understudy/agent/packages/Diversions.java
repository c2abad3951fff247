package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Where dpkg puts the files of packages whose place somebody else claimed: the owner of the host,
/// or another package.
final class Diversions {
    private record Diversion(String to, String by) {}

    private final Map<String, Diversion> diversions = new HashMap<>();

    private Diversions() {}

    static Diversions of(Place place) throws IOException {
        Path file = place.path("/var/lib/dpkg/diversions");
        return Files.exists(file) ? parse(Files.readString(file)) : new Diversions();
    }

    /// Three lines each: from, to, and the package whose own files are not diverted (`:` if there
    /// is none).
    static Diversions parse(String text) throws IOException {
        if (!text.isEmpty() && !text.endsWith("\n")) {
            throw new IOException("dpkg's diversions are cut off");
        }
        String[] lines = text.isEmpty() ? new String[0] : text.split("\n", -1);
        if (lines.length % 3 != (text.isEmpty() ? 0 : 1)) {
            throw new IOException(
                    "dpkg's diversions have %d lines; three for each are expected"
                            .formatted(lines.length - 1));
        }
        Diversions read = new Diversions();
        for (int i = 0; i + 2 < lines.length; i += 3) {
            if (!lines[i].startsWith("/")
                    || !lines[i + 1].startsWith("/")
                    || !lines[i + 2].matches(":|[a-z0-9][a-z0-9+.:-]*")) {
                throw new IOException(
                        "dpkg's diversions have one of '%s' to '%s' by '%s'"
                                .formatted(lines[i], lines[i + 1], lines[i + 2]));
            }
            read.diversions.put(lines[i], new Diversion(lines[i + 1], lines[i + 2]));
        }
        return read;
    }

    /// Where the file that package `name` ships at `path` is.
    String actual(String path, String name) {
        Diversion diversion = diversions.get(path);
        return diversion == null || diversion.by().equals(name) ? path : diversion.to();
    }
}
