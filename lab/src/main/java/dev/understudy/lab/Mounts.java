package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The mounts of this machine.
final class Mounts {
    private Mounts() {}

    /// One line of /proc/self/mountinfo.
    record Mount(Path point, String type, String options) {}

    static List<Mount> all() {
        try {
            return parse(Files.readString(Path.of("/proc/self/mountinfo")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Mount> parse(String mountinfo) {
        var found = new ArrayList<Mount>();
        for (String line : mountinfo.lines().toList()) {
            String[] fields = line.split(" ");
            int separator = List.of(fields).indexOf("-");
            if (separator > 4 && fields.length > separator + 3) {
                found.add(
                        new Mount(
                                Path.of(unescape(fields[4])),
                                fields[separator + 1],
                                unescape(fields[separator + 3])));
            }
        }
        return found;
    }

    /// Unmounts everything at and below a folder, the newest first.
    static void unmountBelow(Path folder) {
        var points = all().stream().map(Mount::point).filter(p -> p.startsWith(folder)).toList();
        for (Path point : points.reversed()) {
            var plain =
                    Programs.attempt(Duration.ofSeconds(30), List.of("umount", point.toString()));
            if (!plain.succeeded()) {
                Programs.run("umount", "--lazy", point.toString());
            }
        }
    }

    private static String unescape(String field) {
        var plain = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 3 < field.length()) {
                plain.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.append(field.charAt(i));
            }
        }
        return plain.toString();
    }
}
