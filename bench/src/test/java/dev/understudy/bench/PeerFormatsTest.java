package dev.understudy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.FixedVersion;
import dev.understudy.advisory.PackageKind;
import dev.understudy.protocol.InstalledPackage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.InflaterInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/// What other programs are fed, and how differences from what they find are explained.
class PeerFormatsTest {
    private static final List<InstalledPackage> PACKAGES =
            List.of(
                    installed("nginx", "1.22-1", "nginx", "1.22-1", "ii"),
                    installed("nginx-common", "1.22-1", "nginx", "1.22-1", "ii"),
                    installed("dmsetup", "2:1.02-1", "lvm2", "2.03-1", "ii"),
                    installed("mutt", "2.2-1", "mutt", "2.2-1", "iU"),
                    installed(
                            "linux-image-6.1.0-amd64",
                            "6.1.99-1",
                            "linux-signed-amd64",
                            "6.1.99+1",
                            "ii"));

    private static final List<FixedVersion> STATEMENTS =
            List.of(
                    says("DSA-1", "nginx", "0", "1.23-1", null, "CVE-2026-1001", "CVE-2026-1002"),
                    says("DSA-2", "nginx", "1.23-1", null, null),
                    says("DSA-3", "lvm2", "0", "2.04-1", null, "CVE-2026-1003"),
                    says("DSA-4", "mutt", "0", null, null, "CVE-2026-1004"),
                    says("DSA-5", "linux", "0", null, "6.1.99-1", "CVE-2026-1005"),
                    says("DSA-6", "nobody-has-it", "0", "2", null, "CVE-2026-1006"));

    private final Differences differences = new Differences(PACKAGES, STATEMENTS);

    @TempDir Path folder = Path.of("");

    private static InstalledPackage installed(
            String name, String version, String source, String sourceVersion, String status) {
        return new InstalledPackage(name, "amd64", version, source, sourceVersion, status);
    }

    private static FixedVersion says(
            String id,
            String source,
            String introduced,
            @Nullable String fixed,
            @Nullable String last,
            String... cves) {
        return new FixedVersion(
                "osv",
                id,
                "Debian:12",
                "bookworm",
                PackageKind.SOURCE,
                source,
                fixed == null ? FixState.NOT_FIXED : FixState.FIXED,
                introduced,
                fixed,
                last,
                "",
                "",
                List.of(cves),
                null);
    }

    @Test
    void debsecanGetsEachNameOnceAndEveryVersionInUseThatIsNotAffected() throws IOException {
        Path file = folder.resolve("bookworm");
        new DebsecanFile(PACKAGES).write(STATEMENTS, file);
        String text;
        try (InputStream in = new InflaterInputStream(Files.newInputStream(file))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(text.lines().limit(9))
                .containsExactly(
                        "VERSION 1",
                        "CVE-2026-1001,,",
                        "CVE-2026-1002,,",
                        "DSA-2,,",
                        "CVE-2026-1003,,",
                        "CVE-2026-1004,,",
                        "CVE-2026-1005,,",
                        "CVE-2026-1006,,",
                        "");
        assertThat(text)
                .contains(
                        "\nnginx,0,S  F,1.23-1,\nnginx,1,S  F,1.23-1,\nnginx,2,S   ,,1.22-1\n",
                        "\nlinux,5,S   ,,\n",
                        "\nnginx,nginx nginx-common\n");
    }

    @Test
    void ovalComparesEachBinaryPackageWithBothEndsOfARange() throws Exception {
        Path file = folder.resolve("oval.xml");
        new OvalDocument(PACKAGES).write(STATEMENTS, file);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(file.toFile());
        assertThat(texts(document.getElementsByTagNameNS("*", "definition"), "id"))
                .containsExactly(
                        "oval:dev.understudy:def:1",
                        "oval:dev.understudy:def:2",
                        "oval:dev.understudy:def:3",
                        "oval:dev.understudy:def:4",
                        "oval:dev.understudy:def:5");
        assertThat(texts(document.getElementsByTagNameNS("*", "evr"), "operation"))
                .containsExactly(
                        "less than", "greater than or equal", "less than", "less than or equal");
        assertThat(texts(document.getElementsByTagNameNS("*", "evr"), ""))
                .containsExactly("0:1.23-1", "0:1.23-1", "0:2.04-1", "0:6.1.99-1");
        assertThat(texts(document.getElementsByTagNameNS("*", "name"), ""))
                .containsExactly(
                        "nginx", "nginx-common", "dmsetup", "mutt", "linux-image-6.1.0-amd64");
    }

    private static List<String> texts(NodeList nodes, String attribute) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .map(Element.class::cast)
                .map(
                        each ->
                                attribute.isEmpty()
                                        ? each.getTextContent()
                                        : each.getAttribute(attribute))
                .toList();
    }

    @Test
    void explainsWhatItKnowsAndNothingElse() {
        assertThat(explain("CVE-2026-1004", "mutt", true, false))
                .isEqualTo(Differences.Rule.UNPACKED);
        assertThat(explain("CVE-2026-1005", "linux", true, false))
                .isEqualTo(Differences.Rule.SIGNED_KERNEL);
        assertThat(explain("CVE-2026-1003", "lvm2", true, true))
                .isEqualTo(Differences.Rule.OWN_VERSION);
        assertThat(explain("CVE-2026-1003", "lvm2", true, false)).isNull();
        assertThat(explain("CVE-2026-1001", "nginx", true, true)).isNull();
        assertThat(explain("CVE-2026-1001", "nginx", false, true)).isNull();
        assertThat(explain("CVE-2026-1005", "linux", true, true)).isNull();
    }

    private Differences.@Nullable Rule explain(
            String name, String source, boolean onlyOurs, boolean byBinaries) {
        return differences
                .explain(new Differences.Key(name, source), onlyOurs, byBinaries)
                .orElse(null);
    }
}
