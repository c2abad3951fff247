package dev.understudy.advisory.csaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.github.luben.zstd.ZstdOutputStream;
import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord.Advisory;
import dev.understudy.advisory.FeedRecord.Fix;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.FeedRecord.Remedy;
import dev.understudy.advisory.FeedRecord.Severity;
import dev.understudy.advisory.PackageKind;
import dev.understudy.advisory.Proofs;
import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsafFormatTest {
    private static final String VALID = "vex-2026-30001.json";
    private final CsafFormat format = new CsafFormat(Proofs.Keys.NONE);
    @TempDir Path folder = Path.of("");

    @Test
    void readsWhatIsSaidOfEveryProductWithItsReason() throws FeedException {
        Collected read = Collected.of(format, "csaf/" + VALID);
        assertThat(read.rejections).isEmpty();
        assertThat(read.all(Fix.class).stream().distinct())
                .extracting(Fix::release, Fix::kind, Fix::name, Fix::state, Fix::fixed, Fix::note)
                .containsExactlyInAnyOrder(
                        tuple(
                                "rhel:9",
                                PackageKind.BINARY,
                                "curl",
                                FixState.FIXED,
                                "7.76.1-29.el9",
                                "https://vendor.example/errata/1"),
                        tuple(
                                "rhel:9",
                                PackageKind.SOURCE,
                                "curl",
                                FixState.FIXED,
                                "7.76.1-29.el9",
                                "https://vendor.example/errata/1"),
                        tuple(
                                "rhel:8",
                                PackageKind.SOURCE,
                                "curl",
                                FixState.NOT_FIXED,
                                null,
                                "no_fix_planned"),
                        tuple(
                                "rhel:9",
                                PackageKind.BINARY,
                                "bind",
                                FixState.NOT_AFFECTED,
                                null,
                                "vulnerable_code_not_present"),
                        tuple(
                                "product:cp4",
                                PackageKind.SOURCE,
                                "curl",
                                FixState.UNDER_INVESTIGATION,
                                null,
                                ""));
        assertThat(read.all(Fix.class)).extracting(Fix::cve).containsOnly("CVE-2026-30001");
        assertThat(read.all(Fix.class))
                .filteredOn(fix -> fix.name().equals("bind"))
                .extracting(Fix::introduced)
                .containsExactly("32:9.16.23-18.el9");
        assertThat(read.all(Remedy.class))
                .extracting(Remedy::category)
                .containsExactly("vendor_fix", "no_fix_planned", "workaround");
        assertThat(read.all(Severity.class))
                .extracting(Severity::scheme, Severity::baseScore)
                .containsExactly(tuple("CVSS_V3", 9.8));
        assertThat(read.all(Advisory.class))
                .extracting(Advisory::id, Advisory::severity, Advisory::modified)
                .containsExactly(
                        tuple(
                                "CVE-2026-30001",
                                "Important",
                                Instant.parse("2026-11-20T00:00:00Z")));
    }

    @Test
    void ofTwoRevisionsTheNewerCounts() throws FeedException, IOException {
        copy("a.json", "vex-2026-30001-r2.json");
        copy("b.json", VALID);
        copy("c.json", "vex-2026-30001-r2.json");
        Collected read = Collected.of(format, folder);
        assertThat(read.read).isEqualTo(3);
        assertThat(read.all(Advisory.class))
                .extracting(Advisory::summary)
                .containsExactly("curl: something");
    }

    @Test
    void believesADocumentThatAgreesWithItsHashAndRefusesAFeedWithOneThatDoesNot()
            throws FeedException, IOException {
        byte[] content = copy("a.json", VALID);
        assertThat(Collected.of(format, folder).header().note())
                .isEqualTo("1 of 1 documents had no hash or signature beside them.");
        Files.writeString(folder.resolve("a.json.sha256"), Digests.sha256(content) + "  a.json\n");
        assertThat(Collected.of(format, folder).header().note()).isEmpty();
        Files.writeString(
                folder.resolve("a.json"),
                new String(content, StandardCharsets.UTF_8).replace("known_affected", "fixed"));
        assertThatThrownBy(() -> Collected.of(format, folder))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("a.json does not agree with the hash beside it");
    }

    @Test
    void readsTheArchiveThatAVendorPublishes() throws FeedException, IOException {
        Path archive = folder.resolve("csaf_vex.tar.zst");
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new ZstdOutputStream(Files.newOutputStream(archive)))) {
            for (String name : new String[] {VALID, "vex-2026-30001-r2.json"}) {
                byte[] content = Files.readAllBytes(Collected.testdata("csaf/" + name));
                add(tar, "2026/" + name, content);
                add(
                        tar,
                        "2026/" + name + ".sha256",
                        Digests.sha256(content).getBytes(StandardCharsets.US_ASCII));
            }
        }
        Collected read = Collected.of(format, archive);
        assertThat(read.read).isEqualTo(2);
        assertThat(read.header().note()).isEmpty();
        assertThat(read.all(Advisory.class))
                .extracting(Advisory::summary)
                .containsExactly("curl: something");
        byte[] whole = Files.readAllBytes(archive);
        Path cut = Files.write(folder.resolve("cut.tar.zst"), Arrays.copyOf(whole, 900));
        assertThatThrownBy(() -> Collected.of(format, cut)).isInstanceOf(FeedException.class);
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    @ParameterizedTest
    @CsvSource({
        "cut-off.json,not JSON",
        "empty.json,''",
        "wrong-shape.json,csaf_version is '1.2'",
        "hostile-product.json,does not have product 'nobody:knows'",
        "hostile-circle.json,product 'loop' is a part of itself",
    })
    void setsAsideWhatIsNotAsItShouldBe(String name, String why) throws FeedException {
        Collected read = Collected.of(format, "csaf/" + name);
        assertThat(read.records).isEmpty();
        assertThat(read.rejections).singleElement().asString().contains(why);
    }

    @Test
    void readsTheSamplesOfARealVendor() throws FeedException {
        Path samples = Collected.shared("csaf/redhat_samples");
        Collected read = Collected.of(format, samples);
        assertThat(read.read).isEqualTo(23);
        // Two of the 25 files are of the vendor's older form, which is not CSAF.
        assertThat(read.rejections).hasSize(2).allMatch(why -> why.contains("csaf_version is ''"));
        assertThat(read.all(Fix.class))
                .filteredOn(
                        fix ->
                                fix.advisory().equals("CVE-2023-4154")
                                        && fix.release().equals("rhel:9"))
                .isNotEmpty()
                .allMatch(fix -> fix.state() == FixState.NOT_AFFECTED)
                .allMatch(fix -> fix.note().equals("vulnerable_code_not_present"));
        assertThat(read.all(Fix.class))
                .filteredOn(
                        fix ->
                                fix.advisory().equals("CVE-2023-38545")
                                        && fix.release().equals("rhel:9")
                                        && fix.name().equals("libcurl"))
                .extracting(Fix::fixed)
                .contains("7.76.1-26.el9_3.2");
    }

    private byte[] copy(String as, String name) throws IOException {
        byte[] content = Files.readAllBytes(Collected.testdata("csaf/" + name));
        Files.write(folder.resolve(as), content);
        return content;
    }
}
