package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import dev.understudy.advisory.csaf.CsafFormat;
import dev.understudy.advisory.debian.DebianFormat;
import dev.understudy.advisory.dsa.DsaFormat;
import dev.understudy.advisory.epss.EpssFormat;
import dev.understudy.advisory.exploitdb.ExploitdbFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.advisory.metasploit.MetasploitFormat;
import dev.understudy.advisory.openvex.OpenvexFormat;
import dev.understudy.advisory.osv.OsvFormat;
import dev.understudy.advisory.taxii.TaxiiFormat;
import dev.understudy.advisory.updateinfo.UpdateinfoFormat;
import dev.understudy.advisory.vulnrichment.VulnrichmentFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Whatever the bytes are, a format reads them or says what is wrong: nothing else is thrown, and
/// nothing that it reads is more than what it was given.
class FeedFuzzTest {
    private static final int ROUNDS = 1_500;
    private static final byte[] TELLING =
            "{}[]\",:0-+eE\\u0000\n\r\t ,.#".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final FeedLimits SMALL = new FeedLimits(1 << 20, 4 << 20, 1 << 20, 100, 200);

    @TempDir Path folder = Path.of("");

    static Stream<Arguments> feeds() {
        return Stream.of(
                Arguments.of(new KevFormat(), "kev/valid.json", "kev.json"),
                Arguments.of(new EpssFormat(), "epss/valid.csv", "epss.csv"),
                Arguments.of(new EpssFormat(), "epss/valid.csv", "epss.csv.gz"),
                Arguments.of(new DebianFormat(), "debian/valid.json", "debian.json"),
                Arguments.of(new OsvFormat(), "osv/records.jsonl", "osv.jsonl"),
                Arguments.of(new OsvFormat(), "osv/USN-7000-1.json", "all.zip"),
                Arguments.of(new OsvFormat(), "osv/distributions.jsonl", "osv.jsonl.gz"),
                Arguments.of(
                        new VulnrichmentFormat(),
                        "vulnrichment/CVE-2026-10001.json",
                        "CVE-2026-10001.json"),
                Arguments.of(
                        new VulnrichmentFormat(), "vulnrichment/CVE-2026-10001.json", "cves.zip"),
                Arguments.of(
                        new CsafFormat(Proofs.Keys.NONE), "csaf/vex-2026-30001.json", "vex.json"),
                Arguments.of(
                        new CsafFormat(Proofs.Keys.NONE), "csaf/vex-2026-30001.json", "vex.zip"),
                Arguments.of(
                        new CsafFormat(Proofs.Keys.NONE), "csaf/vex-2026-30001.json", "vex.tar"),
                Arguments.of(new OpenvexFormat(), "openvex/CVE-2026-30002.json", "vex.json"),
                Arguments.of(new UpdateinfoFormat(), "updateinfo/valid.xml", "updateinfo.xml"),
                Arguments.of(new UpdateinfoFormat(), "updateinfo/valid.xml", "updateinfo.xml.xz"),
                Arguments.of(new UpdateinfoFormat(), "updateinfo/valid.xml", "updateinfo.xml.zst"),
                Arguments.of(new ExploitdbFormat(), "exploitdb/valid.csv", "exploits.csv"),
                Arguments.of(new MetasploitFormat(), "metasploit/valid.json", "modules.json"),
                Arguments.of(new DsaFormat(), "dsa/valid.list", "DSA_list"),
                Arguments.of(new TaxiiFormat(), "taxii/objects.jsonl", "objects.jsonl"));
    }

    @ParameterizedTest
    @MethodSource("feeds")
    @Timeout(120)
    void readsOrRefusesAnyBytes(FeedFormat format, String valid, String name) throws IOException {
        byte[] whole = packed(Files.readAllBytes(Collected.testdata(valid)), name, valid);
        Random random = new Random(20_261_123);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Path file = Collected.write(folder, name, mutated(whole, random));
            try {
                Collected.of(
                        format,
                        new FeedFile(file, name, SMALL, "updateinfo-almalinux-9", Map.of()));
                read++;
            } catch (FeedException told) {
                assertThat(told.getMessage()).isNotBlank();
                refused++;
            }
        }
        assertThat(read + refused).isEqualTo(ROUNDS);
        assertThat(refused + read).isPositive();
    }

    private static byte[] mutated(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes && bytes.length > 1; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = TELLING[random.nextInt(TELLING.length)];
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                case 4 -> bytes = without(bytes, at, random.nextInt(32));
                default -> bytes = twice(bytes, at, random.nextInt(200));
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        int rest = Math.min(bytes.length, at + count);
        out.write(bytes, rest, bytes.length - rest);
        return out.toByteArray();
    }

    private static byte[] twice(byte[] bytes, int at, int count) {
        int length = Math.min(count, bytes.length - at);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at + length);
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }

    private static byte[] packed(byte[] content, String name, String valid) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (name.endsWith(".gz")) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(content);
            }
        } else if (name.endsWith(".xz")) {
            try (XZOutputStream xz = new XZOutputStream(bytes, new LZMA2Options(1))) {
                xz.write(content);
            }
        } else if (name.endsWith(".zst")) {
            try (ZstdOutputStream zstd = new ZstdOutputStream(bytes)) {
                zstd.write(content);
            }
        } else if (name.endsWith(".tar")) {
            try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
                TarArchiveEntry entry = new TarArchiveEntry("a/vex.json");
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        } else if (name.endsWith(".zip")) {
            try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
                for (String folder : new String[] {"a/", "b/"}) {
                    zip.putNextEntry(
                            new ZipEntry(folder + Path.of(valid).getFileName().toString()));
                    zip.write(content);
                    zip.closeEntry();
                }
            }
        } else {
            return content;
        }
        return bytes.toByteArray();
    }
}
