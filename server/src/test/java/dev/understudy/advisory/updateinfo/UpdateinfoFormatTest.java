package dev.understudy.advisory.updateinfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.github.luben.zstd.ZstdOutputStream;
import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedLimits;
import dev.understudy.advisory.FeedRecord.Advisory;
import dev.understudy.advisory.FeedRecord.Fix;
import dev.understudy.advisory.PackageKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class UpdateinfoFormatTest {
    private final UpdateinfoFormat format = new UpdateinfoFormat();

    @Test
    void readsUpdatesWithTheirPackages() throws FeedException {
        Collected read = read("updateinfo-almalinux-9-baseos", "valid.xml");
        assertThat(read.rejections).isEmpty();
        assertThat(read.read).isEqualTo(2);
        assertThat(read.all(Advisory.class))
                .extracting(
                        Advisory::id,
                        Advisory::cves,
                        Advisory::severity,
                        Advisory::related,
                        Advisory::published)
                .containsExactly(
                        tuple(
                                "ALSA-2026:1",
                                List.of("CVE-2026-30001"),
                                "Important",
                                List.of("RHSA-2026:1"),
                                Instant.parse("2026-11-19T00:00:00Z")),
                        tuple(
                                "ALBA-2026:2",
                                List.of(),
                                "",
                                List.of(),
                                Instant.ofEpochSecond(1_763_596_800)));
        assertThat(read.all(Fix.class))
                .extracting(Fix::release, Fix::kind, Fix::name, Fix::fixed, Fix::note)
                .containsExactly(
                        tuple("almalinux:9", PackageKind.BINARY, "curl", "7.76.1-29.el9", ""),
                        tuple("almalinux:9", PackageKind.SOURCE, "curl", "7.76.1-29.el9", ""),
                        tuple(
                                "almalinux:9",
                                PackageKind.BINARY,
                                "nodejs",
                                "1:18.20.1-1.module_el9",
                                "nodejs:18"));
        assertThat(read.header().date()).isEqualTo(Instant.parse("2026-11-20T10:00:00Z"));
    }

    @Test
    void readsItHoweverItIsPacked(@TempDir Path folder) throws FeedException, IOException {
        byte[] plain = Files.readAllBytes(Collected.testdata("updateinfo/valid.xml"));
        ByteArrayOutputStream zst = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStream(zst)) {
            out.write(plain);
        }
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(xz, new LZMA2Options(1))) {
            out.write(plain);
        }
        for (byte[] packed : List.of(zst.toByteArray(), xz.toByteArray())) {
            Path path = Files.write(folder.resolve("updateinfo"), packed);
            Collected read =
                    Collected.of(
                            format,
                            new FeedFile(
                                    path,
                                    "updateinfo",
                                    FeedLimits.USUAL,
                                    "updateinfo-almalinux-9",
                                    Map.of()));
            assertThat(read.read).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "updateinfo-rocky-8.10,rocky:8",
        "updateinfo-opensuse-leap-15.6,opensuse-leap:15.6",
        "updateinfo-sles-15.5-basesystem,sles:15.5",
    })
    void takesTheReleaseFromTheFeedsName(String feed, String release) throws FeedException {
        assertThat(read(feed, "valid.xml").all(Fix.class))
                .extracting(Fix::release)
                .containsOnly(release);
    }

    @Test
    void refusesANameThatDoesNotSayForWhichReleaseItIs() {
        assertThatThrownBy(() -> read("updateinfo", "valid.xml"))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("name it like updateinfo-almalinux-9-baseos");
    }

    @ParameterizedTest
    @CsvSource({
        "cut-off.xml,it is not XML",
        "empty.xml,it is not XML",
        "wrong-shape.xml,not a list of updates",
        "hostile-entity.xml,document type or an entity",
        "hostile-expansion.xml,document type or an entity",
    })
    void refusesWhatIsNoHonestUpdateInformation(String name, String why) {
        assertThatThrownBy(() -> read("updateinfo-almalinux-9", name))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining(why);
    }

    @Test
    void setsAsideAnUpdateWhoseVersionIsNone() throws FeedException {
        Collected read = read("updateinfo-almalinux-9", "hostile-version.xml");
        assertThat(read.rejections).singleElement().asString().contains("$(reboot)");
        assertThat(read.all(Advisory.class)).hasSize(1);
    }

    private Collected read(String feed, String name) throws FeedException {
        Path path = Collected.testdata("updateinfo/" + name);
        return Collected.of(format, new FeedFile(path, name, FeedLimits.USUAL, feed, Map.of()));
    }
}
