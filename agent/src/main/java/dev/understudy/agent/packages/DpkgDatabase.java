package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.InstalledPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// dpkg's database of one place: what is installed, and whether the database is sound.
final class DpkgDatabase {
    private static final String FORMAT =
            "${Package}\\t${Architecture}\\t${Version}\\t${source:Package}\\t${source:Version}"
                    + "\\t${db:Status-Abbrev}\\n";

    /// Selection, state and error flag, dpkg-query(1).
    private static final String STATUS = "[uihrp][ncHUFWti][ R]?";

    /// Installed, held, or removed with its configuration left: nothing is unfinished.
    private static final Set<String> SOUND = Set.of("ii", "hi", "rc", "un", "pn", "rn", "hc", "in");

    private final Place place;

    DpkgDatabase(Place place) {
        this.place = place;
    }

    List<InstalledPackage> packages() throws PackageManagerException, InterruptedException {
        Output output = place.run(Command.of("dpkg-query", "-W", "-f", FORMAT));
        if (!output.whole()) {
            throw new PackageManagerException("dpkg-query failed: " + output.tail());
        }
        return parse(output.stdout());
    }

    /// Never empty: dpkg itself is a package, so a database without any was lost, and nothing could
    /// be pending in it.
    static List<InstalledPackage> parse(String output) throws PackageManagerException {
        List<InstalledPackage> packages = new ArrayList<>();
        for (String line : output.lines().toList()) {
            String[] fields = line.split("\t", -1);
            if (fields.length != 6 || !fields[5].matches(STATUS)) {
                throw new PackageManagerException("dpkg-query says '" + line + "'");
            }
            if (fields[2].isEmpty()) {
                continue; // Known by name only, as the target of a selection; never installed.
            }
            try {
                packages.add(
                        new InstalledPackage(
                                fields[0],
                                fields[1],
                                fields[2],
                                fields[3],
                                fields[4],
                                fields[5].strip()));
            } catch (IllegalArgumentException e) {
                throw new PackageManagerException("dpkg-query says '" + line + "'", e);
            }
        }
        if (packages.isEmpty()) {
            throw new PackageManagerException(
                    "dpkg-query names no package. Maybe /var/lib/dpkg/status was lost:"
                            + " /var/backups has older ones.");
        }
        return packages;
    }

    String nativeArchitecture() throws PackageManagerException, InterruptedException {
        Output output = place.run(Command.of("dpkg", "--print-architecture"));
        String architecture = output.stdout().strip();
        if (!output.whole() || !architecture.matches("[a-z0-9-]{1,32}")) {
            throw new PackageManagerException("dpkg --print-architecture failed: " + output.tail());
        }
        return architecture;
    }

    List<String> inconsistencies() throws PackageManagerException, InterruptedException {
        List<String> found = new ArrayList<>();
        for (InstalledPackage p : packages()) {
            if (!SOUND.contains(p.status())) {
                found.add(
                        "%s:%s is in state '%s': %s"
                                .formatted(p.name(), p.architecture(), p.status(), meaning(p)));
            }
        }
        Output audit = place.run(Command.of("dpkg", "--audit"));
        if (!audit.whole() || (found.isEmpty() && !audit.stdout().isBlank())) {
            found.add("dpkg --audit says: " + audit.tail());
        }
        for (Path leftover : leftovers()) {
            found.add("dpkg was interrupted: its journal entry %s is left".formatted(leftover));
        }
        return found;
    }

    private List<Path> leftovers() throws PackageManagerException {
        Path updates = place.path("/var/lib/dpkg/updates");
        try (var files = Files.newDirectoryStream(updates)) {
            List<Path> leftovers = new ArrayList<>();
            files.forEach(file -> leftovers.add(updates.relativize(file)));
            return leftovers;
        } catch (IOException e) {
            throw new PackageManagerException("dpkg's journal cannot be listed: " + e, e);
        }
    }

    private static String meaning(InstalledPackage p) {
        String status = p.status();
        if (status.length() > 2) {
            return "it must be installed again";
        }
        return switch (status.isEmpty() ? ' ' : status.charAt(status.length() - 1)) {
            case 'U' -> "unpacked, not configured";
            case 'F' -> "its configuration failed";
            case 'H' -> "half installed";
            case 'W' -> "waits for the triggers of another package";
            case 't' -> "its triggers have not run";
            default -> "not a finished state";
        };
    }
}
