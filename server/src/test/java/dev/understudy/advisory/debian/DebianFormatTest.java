package dev.understudy.advisory.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.Fix;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.PackageKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebianFormatTest {
    private final DebianFormat format = new DebianFormat();

    @Test
    void readsTheStateOfEveryRelease() throws FeedException {
        Collected read = Collected.of(format, "debian/valid.json");
        assertThat(read.rejections).isEmpty();
        assertThat(read.all(FeedRecord.Advisory.class)).hasSize(4);
        assertThat(read.all(Fix.class))
                .hasSize(5)
                .contains(
                        new Fix(
                                "Debian",
                                "bookworm",
                                PackageKind.SOURCE,
                                "nginx",
                                "CVE-2026-10001",
                                "",
                                FixState.FIXED,
                                "0",
                                "1.22.1-9+deb12u3",
                                null,
                                "high",
                                ""))
                .contains(
                        new Fix(
                                "Debian",
                                "trixie",
                                PackageKind.SOURCE,
                                "nginx",
                                "CVE-2026-10001",
                                "",
                                FixState.NOT_AFFECTED,
                                "0",
                                null,
                                null,
                                "unimportant",
                                ""))
                .contains(
                        new Fix(
                                "Debian",
                                "sid",
                                PackageKind.SOURCE,
                                "nginx",
                                "CVE-2026-10001",
                                "",
                                FixState.NOT_FIXED,
                                "0",
                                null,
                                null,
                                "not yet assigned",
                                ""));
    }

    @Test
    void setsAsideARecordWhoseStatusNobodyKnows() throws FeedException {
        Collected read = Collected.of(format, "debian/hostile-status.json");
        assertThat(read.rejections).singleElement().asString().contains("fixed, honestly");
        assertThat(read.all(Fix.class)).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "empty.json,        not a JSON object",
                "cut-off.json,      Unexpected end",
                "wrong-shape.json,  'nginx' is not a source package",
                "hostile-name.json, is not a source package"
            })
    void refusesWhatIsNotAnExport(String file, String because) {
        assertThatThrownBy(() -> Collected.of(format, "debian/" + file))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining(because);
    }

    @Test
    void readsTheRealSample() throws FeedException {
        Collected read =
                Collected.of(format, Collected.shared("debian/tracker_json_format_sample.json"));
        assertThat(read.rejections).isEmpty();
        assertThat(read.all(FeedRecord.Advisory.class)).hasSize(7);
        assertThat(read.all(Fix.class)).hasSize(25);
    }
}
