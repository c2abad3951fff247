package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Where a package brought another configuration file and the owner's was kept: dpkg and ucf then
/// leave theirs beside it. Found by comparing those files before and after.
final class KeptConfiguration {
    private static final List<String> BESIDE = List.of(".dpkg-dist", ".dpkg-new", ".ucf-dist");

    private static final List<String> FLAGS = List.of(" obsolete", " remove-on-upgrade");

    private final Place place;
    private final Set<String> packages;
    private final Map<String, FileTime> before;

    private KeptConfiguration(Place place, Set<String> packages)
            throws PackageManagerException, InterruptedException {
        this.place = place;
        this.packages = packages;
        this.before = beside();
    }

    /// Looks at the configuration files of these packages now.
    static KeptConfiguration before(Place place, Set<String> packages)
            throws PackageManagerException, InterruptedException {
        return new KeptConfiguration(place, packages);
    }

    /// A sentence for every file that was kept since.
    List<String> since() throws PackageManagerException, InterruptedException {
        List<String> kept = new ArrayList<>();
        beside().forEach(
                        (path, time) -> {
                            if (!time.equals(before.get(path))) {
                                kept.add(
                                        "%s was kept; the package's is %s"
                                                .formatted(
                                                        path.substring(0, path.lastIndexOf('.')),
                                                        path));
                            }
                        });
        return kept;
    }

    private Map<String, FileTime> beside() throws PackageManagerException, InterruptedException {
        Map<String, FileTime> found = new TreeMap<>();
        for (String file : configurationFiles()) {
            for (String suffix : BESIDE) {
                FileTime time = changed(place.path(file + suffix));
                if (time != null) {
                    found.put(file + suffix, time);
                }
            }
        }
        return found;
    }

    private Set<String> configurationFiles() throws PackageManagerException, InterruptedException {
        List<String> query = new ArrayList<>(List.of("dpkg-query", "-W", "-f", "${Conffiles}\\n"));
        query.addAll(packages);
        // Exit code 1 only says that some are not installed, as new packages are not.
        Output output = place.run(Command.of(query));
        if (output.exitCode() > 1 || output.truncated()) {
            throw new PackageManagerException("dpkg-query failed: " + output.tail());
        }
        Set<String> files = new TreeSet<>(conffiles(output.stdout()));
        Path registry = place.path("/var/lib/ucf/registry");
        if (Files.exists(registry)) {
            try {
                files.addAll(registered(Files.readAllLines(registry)));
            } catch (IOException e) {
                throw new PackageManagerException("ucf's registry cannot be read: " + e, e);
            }
        }
        return files;
    }

    /// Lines such as ` /etc/ssl/openssl.cnf 47f6c8b6b4b0b4c1... [obsolete]`.
    static List<String> conffiles(String output) {
        return output.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("/"))
                .map(KeptConfiguration::path)
                .toList();
    }

    /// The line without its flags and, before them, its digest.
    private static String path(String line) {
        int end = line.length();
        for (String flag = flagBefore(line, end); flag != null; flag = flagBefore(line, end)) {
            end -= flag.length();
        }
        return line.substring(0, Math.max(1, line.lastIndexOf(' ', end - 1)));
    }

    private static @Nullable String flagBefore(String line, int end) {
        for (String flag : FLAGS) {
            if (line.startsWith(flag, end - flag.length())) {
                return flag;
            }
        }
        return null;
    }

    /// Lines such as `ca-certificates\t/etc/ca-certificates.conf`.
    private List<String> registered(List<String> lines) {
        return lines.stream()
                .map(line -> line.split("\\s+", 2))
                .filter(fields -> fields.length == 2 && fields[1].startsWith("/"))
                .filter(fields -> packages.contains(fields[0]))
                .map(fields -> fields[1])
                .toList();
    }

    private static @Nullable FileTime changed(Path file) {
        try {
            return Files.exists(file) ? (FileTime) Files.getAttribute(file, "unix:ctime") : null;
        } catch (IOException _) {
            return null;
        }
    }
}
