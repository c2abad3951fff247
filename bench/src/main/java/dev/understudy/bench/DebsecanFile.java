package dev.understudy.bench;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.KnownAs;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.DeflaterOutputStream;

/// Writes our statements as the data that debsecan downloads (`VERSION 1`, compressed by zlib):
/// names of vulnerabilities, then for each package and vulnerability the fixed version and other
/// versions that are not affected, then which binary packages a source makes.
///
/// The format knows no beginning and no last affected version. As Debian's tracker does, the
/// versions in use that a statement does not affect are listed instead.
final class DebsecanFile {
    private final Map<String, TreeSet<String>> inUse = new TreeMap<>();
    private final Map<String, TreeSet<String>> binaries = new TreeMap<>();

    /// @param packages that the hosts have
    DebsecanFile(List<InstalledPackage> packages) {
        for (InstalledPackage each : packages) {
            String source = KnownAs.source(each.sourceName());
            inUse.computeIfAbsent(source, _ -> new TreeSet<>())
                    .add(KnownAs.version(source, each.sourceVersion()));
            binaries.computeIfAbsent(source, _ -> new TreeSet<>()).add(each.name());
        }
    }

    void write(List<FixedVersion> statements, Path file) throws IOException {
        Map<String, Integer> names = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        for (FixedVersion each : statements) {
            for (String name : names(each)) {
                int number = names.computeIfAbsent(name, _ -> names.size());
                lines.add(line(each, number));
            }
        }
        try (Writer out =
                new OutputStreamWriter(
                        new DeflaterOutputStream(Files.newOutputStream(file)),
                        StandardCharsets.UTF_8)) {
            out.write("VERSION 1\n");
            for (String name : names.keySet()) {
                out.write(name + ",,\n");
            }
            out.write("\n");
            for (String line : lines) {
                out.write(line + "\n");
            }
            out.write("\n");
            for (Map.Entry<String, TreeSet<String>> each : binaries.entrySet()) {
                out.write(each.getKey() + "," + String.join(" ", each.getValue()) + "\n");
            }
        }
    }

    /// An advisory that names no CVE goes by its own id, as with us.
    static List<String> names(FixedVersion statement) {
        return statement.cves().isEmpty() ? List.of(statement.advisory()) : statement.cves();
    }

    private String line(FixedVersion statement, int number) {
        String fixed = statement.fixed();
        boolean ranged = !statement.introduced().equals("0") || statement.lastAffected() != null;
        String notAffected =
                ranged
                        ? inUse.getOrDefault(statement.source(), new TreeSet<>()).stream()
                                .filter(each -> !statement.affects(each, VersionOrder.DPKG))
                                .collect(Collectors.joining(" "))
                        : "";
        return "%s,%d,S  %s,%s,%s"
                .formatted(
                        statement.source(),
                        number,
                        fixed == null ? " " : "F",
                        fixed == null ? "" : fixed,
                        notAffected);
    }
}
