package dev.understudy.fleetsim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The real fixed versions of the releases that fleets are made of, each once for a source package
/// of a notice.
public final class Fixes {
    private static final Map<String, String> RELEASES =
            Map.of(
                    "UBUNTU18.04 LTS", "bionic",
                    "UBUNTU22.04 LTS", "jammy",
                    "UBUNTU24.04 LTS", "noble");

    private Fixes() {}

    /// A notice's fix of one source package.
    public record Fix(
            String advisory, List<String> cves, String release, String source, String fixed) {
        public Fix {
            cves = List.copyOf(cves);
        }
    }

    /// @param data the folder of the shared real data
    public static void read(Path data, SourceNames sources, Consumer<Fix> fixes)
            throws IOException {
        Map<String, List<String>> cves = new HashMap<>();
        Csv.read(
                data.resolve("ubuntu/ubuntu_usn.csv.gz"),
                row -> cves.put(row.get("usn"), cves(row.get("cves"))));
        Set<List<String>> seen = new HashSet<>();
        Csv.read(
                data.resolve("ubuntu/ubuntu_fixed_versions.csv.gz"),
                row -> {
                    String release = RELEASES.get(row.get("release"));
                    String source = sources.of(row.get("package"));
                    String fixed = row.get("fixed_version");
                    if (release != null
                            && !fixed.isEmpty()
                            && seen.add(List.of(row.get("usn"), release, source))) {
                        fixes.accept(
                                new Fix(
                                        row.get("usn"),
                                        cves.getOrDefault(row.get("usn"), List.of()),
                                        release,
                                        source,
                                        fixed));
                    }
                });
    }

    private static List<String> cves(String list) {
        return new ArrayList<>(
                Arrays.stream(list.split("[|, ]+"))
                        .filter(each -> each.startsWith("CVE-"))
                        .distinct()
                        .sorted()
                        .toList());
    }
}
