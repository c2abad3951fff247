package dev.understudy.agent.packages;

import dev.understudy.protocol.version.VersionOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What `apt-cache policy` says of one package.
///
/// @param installed empty if it is not
/// @param candidate empty if there is none
/// @param versions newest first
record AptPolicy(String installed, String candidate, List<Version> versions) {
    /// ` 5.2.15-2+b13 500`, ` *** 5.2.15-2+b8 100`, ` 1.2 500 (phased 10%)`
    private static final Pattern VERSION =
            Pattern.compile(" (?:\\*\\*\\*|   ) (?<version>\\S+) -?\\d+(?: \\(phased \\d+%\\))?");

    /// ` 500 http://mirror.example/debian bookworm/main amd64 Packages`
    private static final Pattern INDEX = Pattern.compile(" {8,}-?\\d+ (?<index>.+)");

    /// One version and the indexes it is in, each by apt's description of it.
    record Version(String version, List<String> indexes) {}

    /// By name as apt prints it: `bash`, or `libc6:i386` for a foreign architecture.
    ///
    /// @param asked the names that apt was asked for; one without an answer is an error, since it
    ///   would look like a package with nothing newer
    static Map<String, AptPolicy> parse(String output, Collection<String> asked)
            throws PackageManagerException {
        if (!output.isEmpty() && !output.endsWith("\n")) {
            throw new PackageManagerException("the output of apt-cache policy is cut off");
        }
        Map<String, AptPolicy> policies = new LinkedHashMap<>();
        List<String> block = new ArrayList<>();
        for (String line : output.lines().toList()) {
            if (!line.startsWith(" ") && !block.isEmpty()) {
                add(block, policies);
                block.clear();
            }
            block.add(line);
        }
        if (!block.isEmpty()) {
            add(block, policies);
        }
        for (String name : asked) {
            if (!policies.containsKey(name)) {
                throw new PackageManagerException("apt-cache policy says nothing of " + name);
            }
        }
        return policies;
    }

    boolean newerThanInstalledExists() {
        return !installed.isEmpty()
                && versions.stream()
                        .anyMatch(v -> VersionOrder.DPKG.compare(v.version(), installed) > 0);
    }

    List<String> indexesOf(String version) {
        return versions.stream()
                .filter(v -> v.version().equals(version))
                .flatMap(v -> v.indexes().stream())
                .toList();
    }

    private static void add(List<String> block, Map<String, AptPolicy> policies)
            throws PackageManagerException {
        String head = block.getFirst();
        if (!head.endsWith(":")) {
            throw new PackageManagerException("apt-cache policy says '" + head + "'");
        }
        @Nullable String installed = null;
        @Nullable String candidate = null;
        boolean table = false;
        List<Version> versions = new ArrayList<>();
        for (String line : block.subList(1, block.size())) {
            Matcher version = VERSION.matcher(line);
            Matcher index = INDEX.matcher(line);
            if (line.startsWith("  Installed: ")) {
                installed = value(line);
            } else if (line.startsWith("  Candidate: ")) {
                candidate = value(line);
            } else if (version.matches()) {
                versions.add(new Version(version.group("version"), new ArrayList<>()));
            } else if (index.matches() && !versions.isEmpty()) {
                versions.getLast().indexes().add(index.group("index"));
            } else if (line.equals("  Version table:")) {
                table = true;
            } else if (!line.startsWith("  Package pin: ")) {
                throw new PackageManagerException("apt-cache policy says '" + line + "'");
            }
        }
        if (installed == null || candidate == null || !table) {
            throw new PackageManagerException(
                    "apt-cache policy says only this of '%s': %s".formatted(head, block));
        }
        policies.put(
                head.substring(0, head.length() - 1),
                new AptPolicy(installed, candidate, List.copyOf(versions)));
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1).strip();
        return "(none)".equals(value) ? "" : value;
    }
}
