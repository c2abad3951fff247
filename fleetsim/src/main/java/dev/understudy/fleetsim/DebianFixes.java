package dev.understudy.fleetsim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The real fixed versions of Debian 12, each once for a source package of a notice. The data name
/// binary packages; the version that most of a source's binaries have is taken for the source's.
/// Binaries that the catalogue of Debian 12 does not have, as those of old kernels, are left out.
public final class DebianFixes {
    private static final String RELEASE = "bookworm";

    private DebianFixes() {}

    private record Of(String advisory, String source) {}

    /// @param data the folder of the shared real data
    public static void read(Path data, SourceNames sources, Consumer<Fixes.Fix> fixes)
            throws IOException {
        Map<String, List<String>> cves = new HashMap<>();
        Csv.read(
                data.resolve("debian/debian_advisories.csv"),
                row ->
                        cves.merge(
                                row.get("advisory"),
                                Arrays.stream(row.get("cves").split("\\|"))
                                        .filter(each -> each.startsWith("CVE-"))
                                        .distinct()
                                        .sorted()
                                        .toList(),
                                (a, b) -> a.isEmpty() ? b : a));
        Map<Of, Map<String, Integer>> versions =
                new TreeMap<>(Comparator.comparing(Of::advisory).thenComparing(Of::source));
        Csv.read(
                data.resolve("fixed_versions/greenbone_notus_fixed_packages.csv.gz"),
                row -> {
                    Optional<String> source = sources.find(row.get("package"));
                    if (row.get("product").equals("Debian 12") && source.isPresent()) {
                        versions.computeIfAbsent(
                                        new Of(row.get("advisory"), source.get()),
                                        _ -> new TreeMap<>())
                                .merge(row.get("fixed_version"), 1, Integer::sum);
                    }
                });
        versions.forEach(
                (of, counts) ->
                        fixes.accept(
                                new Fixes.Fix(
                                        of.advisory(),
                                        cves.getOrDefault(of.advisory(), List.of()),
                                        RELEASE,
                                        of.source(),
                                        commonest(counts))));
    }

    private static String commonest(Map<String, Integer> counts) {
        return counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    }
}
