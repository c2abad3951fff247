package dev.understudy.fleetsim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.fleetsim.Notices.Exploitation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticesTest {
    @TempDir private Path data = Path.of("");

    @BeforeEach
    void writeData() throws IOException {
        zipped(
                "ubuntu/ubuntu_fixed_versions.csv.gz",
                """
                usn,release,package,fixed_version
                USN-1-1,UBUNTU18.04 LTS,alpha,1
                USN-2-1,UBUNTU18.04 LTS,beta,1
                USN-2-2,UBUNTU18.04 LTS,beta,2
                USN-3-1,UBUNTU18.04 LTS,gamma,1
                USN-4-1,UBUNTU22.04 LTS,alpha,1
                """);
        zipped(
                "ubuntu/ubuntu_usn.csv.gz",
                """
                usn,nvt_created,date_is_backfilled,is_regression_fix,caused_regression,cves
                USN-2-1,2021-05-02,0,0,1,CVE-2021-3|CVE-2021-4
                USN-1-1,2021-05-01,0,0,0,CVE-2021-1|CVE-2021-2
                USN-2-2,2021-05-09,0,1,0,
                USN-3-1,2021-05-03,1,0,0,CVE-2021-1
                USN-4-1,2021-05-04,0,0,0,CVE-2021-1
                """);
        plain("kev/kev.csv", "cve,date_added\nCVE-2021-4,2021-06-01\n");
        plain(
                "regressions/patch_regressions.csv",
                """
                distro,advisory,days_to_regression
                Ubuntu,USN-2-1,7
                Debian,DSA-1-1,3
                Debian,DSA-2-1,8
                """);
        zipped(
                "epss/snapshots/epss_2025-10-05.csv.gz",
                "cve,epss,percentile\nCVE-2021-1,0.1,0.5\nCVE-2021-2,0.5,0.9\n");
    }

    private void plain(String name, String text) throws IOException {
        Files.createDirectories(data.resolve(name).getParent());
        Files.writeString(data.resolve(name), text);
    }

    private void zipped(String name, String text) throws IOException {
        Files.createDirectories(data.resolve(name).getParent());
        try (var out = new GZIPOutputStream(Files.newOutputStream(data.resolve(name)))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void readsWhatBecameOfEachNoticeOldestFirst() throws IOException {
        Notices notices = Notices.read(data, 0.999);
        assertThat(notices.all())
                .extracting(Notices.Notice::name)
                .containsExactly("USN-1-1", "USN-2-1");
        Notices.Notice first = notices.all().getFirst();
        assertThat(first.regressed()).isFalse();
        assertThat(first.exploited()).isCloseTo(1 - 0.9 * 0.5, within(1e-12));
        assertThat(first.exploitation()).isEqualTo(Exploitation.LIKELY);
        Notices.Notice second = notices.all().getLast();
        assertThat(second.regressed()).isTrue();
        assertThat(second.repairedAfter()).isEqualTo(7);
        assertThat(second.exploitation()).isEqualTo(Exploitation.KNOWN);
        assertThat(second.exploited()).isCloseTo(0.999, within(1e-12));
    }

    @Test
    void keepsThoseAboutInstalledPackages() throws IOException {
        assertThat(Notices.read(data, 0.999).about(Set.of("beta")).all())
                .extracting(Notices.Notice::name)
                .containsExactly("USN-2-1");
        assertThatThrownBy(() -> Notices.read(data, 0.999).about(Set.of("omega")))
                .hasMessageContaining("no notices");
    }

    @Test
    void lagCurveIsFittedToTheLogarithms() throws IOException {
        LagCurve lag = LagCurve.read(data);
        assertThat(lag.pairs()).isEqualTo(2);
        assertThat(lag.mu()).isCloseTo((Math.log(3.5) + Math.log(8.5)) / 2, within(1e-12));
        assertThat(lag.within(Math.exp(lag.mu()))).isCloseTo(0.5, within(1e-12));
        assertThat(lag.days(0)).isCloseTo(Math.exp(lag.mu()), within(1e-12));
    }
}
