package dev.understudy.advisory.osv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedLimits;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.Advisory;
import dev.understudy.advisory.FeedRecord.Fix;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.PackageKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OsvFormatTest {
    private final OsvFormat format = new OsvFormat();
    @TempDir Path folder = Path.of("");

    @Test
    void readsARecordOfDebian() throws FeedException {
        Collected read = Collected.of(format, "osv/DSA-6000-1.json");
        assertThat(read.all(Advisory.class))
                .containsExactly(
                        new Advisory(
                                "DSA-6000-1",
                                List.of("CVE-2026-10001", "CVE-2026-10002"),
                                List.of(),
                                List.of("CVE-2026-10001", "DEBIAN-CVE-2026-10002"),
                                List.of("CVE-2026-99999"),
                                Instant.parse("2026-11-19T00:00:00Z"),
                                Instant.parse("2026-11-20T08:18:07Z"),
                                null,
                                "nginx - security update",
                                "",
                                ""));
        assertThat(read.all(Fix.class))
                .extracting(Fix::release, Fix::introduced, Fix::fixed)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("bookworm", "0", "1.22.1-9+deb12u3"),
                        org.assertj.core.groups.Tuple.tuple("trixie", "1.26", "1.26.3-3+deb13u1"),
                        org.assertj.core.groups.Tuple.tuple("trixie", "1.28", null));
    }

    @Test
    void keepsUbuntusSubscriptionArchivesApart() throws FeedException {
        Collected read = Collected.of(format, "osv/USN-7000-1.json");
        assertThat(read.all(Fix.class))
                .extracting(Fix::release, Fix::state)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("jammy", FixState.FIXED),
                        org.assertj.core.groups.Tuple.tuple("xenial-pro", FixState.FIXED),
                        org.assertj.core.groups.Tuple.tuple("noble", FixState.NOT_FIXED));
        assertThat(read.all(FeedRecord.Severity.class))
                .extracting(FeedRecord.Severity::cve, FeedRecord.Severity::scheme)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("CVE-2026-10002", "CVSS_V3"),
                        org.assertj.core.groups.Tuple.tuple("CVE-2026-10002", "Ubuntu"));
    }

    @Test
    void readsLinesOfRecordsAndTheNewestIsTheFeedsDate() throws FeedException {
        Collected read = Collected.of(format, "osv/records.jsonl");
        assertThat(read.rejections).isEmpty();
        assertThat(read.all(Advisory.class)).hasSize(4);
        assertThat(read.all(Advisory.class).get(2).cves())
                .containsExactly("CVE-2026-10004", "CVE-2026-10005");
        assertThat(read.all(Advisory.class).getLast().withdrawn()).isNotNull();
        assertThat(read.header().date()).isEqualTo(Instant.parse("2026-11-21T00:00:00Z"));
    }

    @Test
    void readsAnArchiveAndSetsAsideWhatIsDamagedInIt() throws FeedException, IOException {
        Path zip = zip("DSA-6000-1.json", "USN-7000-1.json", "cut-off.json", "wrong-shape.json");
        Collected read = Collected.of(format, zip);
        assertThat(read.all(Advisory.class)).hasSize(2);
        assertThat(read.rejections).hasSize(2);
    }

    @Test
    void refusesAnArchiveThatIsCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(zip("DSA-6000-1.json", "USN-7000-1.json"));
        for (int length : new int[] {4, 100, whole.length / 2, whole.length - 1}) {
            Path cut = Collected.write(folder, "cut.zip", Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Collected.of(format, cut)).isInstanceOf(FeedException.class);
        }
    }

    @Test
    void refusesAnArchiveWhoseContentDoesNotMatchItsChecksum() throws IOException {
        byte[] bytes =
                stored("a.json", Files.readAllBytes(Collected.testdata("osv/DSA-6000-1.json")));
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Somebody");
        bytes[at] = 'X';
        Path zip = Collected.write(folder, "altered.zip", bytes);
        assertThatThrownBy(() -> Collected.of(format, zip))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void refusesADocumentThatUnpacksBeyondMeasure() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("bomb.json"));
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 64; i++) {
                zip.write(blanks);
            }
            zip.closeEntry();
        }
        Path bomb = Collected.write(folder, "bomb.zip", bytes.toByteArray());
        assertThatThrownBy(() -> Collected.of(format, bomb))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("larger than");
    }

    @Test
    void refusesMoreDocumentsThanAllowed() throws IOException {
        FeedLimits limits = new FeedLimits(1 << 20, 1 << 20, 1 << 20, 1, 200);
        FeedFile file = new FeedFile(zip("DSA-6000-1.json", "USN-7000-1.json"), limits);
        assertThatThrownBy(() -> Collected.of(format, file))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("more than the 1 documents");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "wrong-shape.json,     id is ''",
                "hostile-version.json, '$(reboot)' is not a version",
                "hostile-name.json,    affects package"
            })
    void setsAsideARecordThatIsNotOne(String file, String because) throws FeedException {
        Collected read = Collected.of(format, "osv/" + file);
        assertThat(read.records).isEmpty();
        assertThat(read.rejections).singleElement().asString().contains(because);
    }

    @Test
    void refusesARecordThatIsCutOff() {
        assertThatThrownBy(() -> Collected.of(format, "osv/cut-off.json"))
                .isInstanceOf(FeedException.class);
    }

    @Test
    void readsEveryDistributionWithItsOwnNames() throws FeedException {
        Collected read = Collected.of(format, "osv/distributions.jsonl");
        assertThat(read.rejections).isEmpty();
        assertThat(read.read).isEqualTo(4);
        assertThat(read.all(Fix.class))
                .extracting(Fix::release, Fix::kind, Fix::introduced, Fix::fixed, Fix::lastAffected)
                .containsExactly(
                        tuple("rocky:9", PackageKind.SOURCE, "0", "1:3.0.7-28.el9_4", null),
                        tuple("sles:15.6", PackageKind.SOURCE, "0", "3.1.4-150600.5.7.1", null),
                        tuple(
                                "opensuse-leap:15.6",
                                PackageKind.SOURCE,
                                "0",
                                "3.1.4-150600.5.7.1",
                                null),
                        tuple("alpine:3.20", PackageKind.SOURCE, "8.0.0-r0", null, "8.9.0-r1"),
                        tuple("alpine:3.19", PackageKind.SOURCE, "8.5.0-r0", null, "8.5.0-r0"),
                        tuple("alpine:3.19", PackageKind.SOURCE, "8.9.0-r0", null, "8.9.0-r0"),
                        tuple("jammy", PackageKind.SOURCE, "0", "3.0.2-0ubuntu1.32", null));
        assertThat(read.all(FeedRecord.Severity.class))
                .extracting(FeedRecord.Severity::scheme, FeedRecord.Severity::baseScore)
                .containsExactly(
                        tuple("CVSS_V3", 9.8), tuple("CVSS_V4", 9.3), tuple("CVSS_V2", 7.5));
        assertThat(read.all(Advisory.class))
                .extracting(Advisory::severity, Advisory::follows)
                .containsExactly(
                        tuple("Important", ""),
                        tuple("", ""),
                        tuple("", ""),
                        tuple("", "USN-7001-1"));
    }

    @Test
    void anEnumeratedVersionIsAffectedAndItsNeighboursAreNot() throws FeedException {
        Collected read = Collected.of(format, "osv/distributions.jsonl");
        Fix listed =
                read.all(Fix.class).stream()
                        .filter(fix -> fix.introduced().equals("8.9.0-r0"))
                        .findAny()
                        .orElseThrow();
        assertThat(listed.lastAffected()).isEqualTo(listed.introduced());
    }

    @Test
    void readsAllOfAlmaLinux() throws FeedException {
        Collected read = Collected.of(format, Collected.shared("osv/almalinux_osv.jsonl.gz"));
        assertThat(read.rejections).isEmpty();
        assertThat(read.all(Advisory.class)).hasSize(5_680);
        assertThat(read.all(Fix.class)).hasSize(71_329);
        assertThat(read.all(Fix.class).stream().map(Fix::release).distinct())
                .containsExactlyInAnyOrder("almalinux:8", "almalinux:9", "almalinux:10");
    }

    @Test
    void tellsRealRecordsFromOtherFormats() throws FeedException, IOException {
        Path samples = Collected.shared("osv/samples");
        int read = 0;
        try (var files = Files.list(samples)) {
            for (Path file : files.sorted().toList()) {
                Collected collected = Collected.of(format, file);
                String name = file.getFileName().toString().toLowerCase(java.util.Locale.ROOT);
                // Records of the CVE catalogue and of OpenVEX lie there too.
                assertThat(collected.rejections).as(name).hasSize(name.startsWith("cve-") ? 1 : 0);
                read += collected.all(Advisory.class).size();
            }
        }
        assertThat(read).isEqualTo(16);
    }

    private Path zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                Files.copy(Collected.testdata("osv/" + name), zip);
                zip.closeEntry();
            }
        }
        return Collected.write(folder, "all.zip", bytes.toByteArray());
    }

    private static byte[] stored(String name, byte[] content) throws IOException {
        java.util.zip.CRC32 sum = new java.util.zip.CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(entry);
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }
}
