package dev.understudy.agent.packages;

import dev.understudy.protocol.PackageChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `apt-get --simulate` says it would do.
///
/// @param changes sorted, one per package
/// @param removals how many of them are removals
record Simulation(List<PackageChange> changes, long removals) {
    /// `Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64]) [other:amd64 ]`
    private static final Pattern INSTALL =
            Pattern.compile(
                    "Inst (?<name>[^ :]+)(?::\\S+)?(?: \\[(?<from>[^]]+)])?"
                            + " \\((?<to>\\S+) .*?\\[(?<arch>[a-z0-9-]+)]\\).*");

    /// `Remv nano [7.2-1]`, `Purg nano:i386 [7.2-1]`
    private static final Pattern REMOVE =
            Pattern.compile(
                    "(?:Remv|Purg) (?<name>[^ :]+)(?::(?<arch>\\S+))? \\[(?<from>[^]]+)].*");

    Simulation {
        changes = changes.stream().sorted().distinct().toList();
    }

    /// @param architectures the architecture of each installed package, by name, for removals,
    ///   where apt does not say it
    static Simulation parse(String output, Map<String, String> architectures)
            throws PackageManagerException {
        List<PackageChange> changes = new ArrayList<>();
        for (String line : output.lines().toList()) {
            if (line.startsWith("Inst ")) {
                changes.add(installed(line));
            } else if (line.startsWith("Remv ") || line.startsWith("Purg ")) {
                changes.add(removed(line, architectures));
            }
        }
        return new Simulation(changes, changes.stream().filter(c -> c.to() == null).count());
    }

    Optional<PackageChange> find(String name, String architecture) {
        return changes.stream()
                .filter(c -> c.name().equals(name) && c.architecture().equals(architecture))
                .findFirst();
    }

    private static PackageChange installed(String line) throws PackageManagerException {
        Matcher m = INSTALL.matcher(line);
        if (!m.matches()) {
            throw new PackageManagerException("apt's simulation says '" + line + "'");
        }
        return change(line, m.group("name"), m.group("arch"), m.group("from"), m.group("to"));
    }

    private static PackageChange removed(String line, Map<String, String> architectures)
            throws PackageManagerException {
        Matcher m = REMOVE.matcher(line);
        if (!m.matches()) {
            throw new PackageManagerException("apt's simulation says '" + line + "'");
        }
        String architecture = m.group("arch");
        if (architecture == null) {
            architecture = architectures.get(m.group("name"));
        }
        if (architecture == null) {
            throw new PackageManagerException(
                    "apt would remove %s, which dpkg does not know".formatted(m.group("name")));
        }
        return change(line, m.group("name"), architecture, m.group("from"), null);
    }

    private static PackageChange change(
            String line,
            String name,
            String architecture,
            @org.jspecify.annotations.Nullable String from,
            @org.jspecify.annotations.Nullable String to)
            throws PackageManagerException {
        try {
            return new PackageChange(name, architecture, from, to);
        } catch (IllegalArgumentException e) {
            throw new PackageManagerException("apt's simulation says '" + line + "'", e);
        }
    }
}
