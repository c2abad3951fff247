package dev.understudy.advisory.epss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EpssFormatTest {
    private final EpssFormat format = new EpssFormat();
    @TempDir Path folder = Path.of("");

    @Test
    void readsScoresAndTheModelThatMadeThem() throws FeedException {
        Collected read = Collected.of(format, "epss/valid.csv");
        assertThat(read.records)
                .hasSize(4)
                .contains(new FeedRecord.Epss("CVE-2026-10001", 0.94321, 0.99931))
                .contains(new FeedRecord.Epss("CVE-2026-10002", 2.5e-5, 0.00012));
        assertThat(read.header().model()).isEqualTo("v2026.06.15");
        assertThat(read.header().date()).isEqualTo(Instant.parse("2026-11-22T12:55:00Z"));
    }

    @Test
    void takesTheDateFromTheNameWhereNoCommentHasIt() throws FeedException {
        Collected read = Collected.of(format, "epss/epss_scores-2025-10-05.csv");
        assertThat(read.header().date()).isEqualTo(Instant.parse("2025-10-05T00:00:00Z"));
        assertThat(read.header().model()).isEmpty();
    }

    @Test
    void readsWhatIsPackedOnceOrTwice() throws FeedException, IOException {
        byte[] once = packed(Files.readAllBytes(Collected.testdata("epss/valid.csv")));
        Path one = Collected.write(folder, "once.csv.gz", once);
        Path two = Collected.write(folder, "twice.csv.gz", packed(once));
        assertThat(Collected.of(format, one).records).hasSize(4);
        assertThat(Collected.of(format, two).records).hasSize(4);
    }

    @Test
    void refusesAPackedFileThatIsCutOff() throws IOException {
        byte[] whole = packed(Files.readAllBytes(Collected.testdata("epss/valid.csv")));
        Path cut = Collected.write(folder, "cut.gz", Arrays.copyOf(whole, whole.length - 12));
        assertThatThrownBy(() -> Collected.of(format, cut))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("cannot be read to its end");
    }

    @Test
    void refusesAPackedFileThatGrowsBeyondMeasure() throws IOException {
        Path bomb = Collected.write(folder, "bomb.gz", packed(new byte[64 << 20]));
        assertThatThrownBy(() -> Collected.of(format, bomb)).isInstanceOf(FeedException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "empty.csv; is empty",
                "cut-off.csv; line 4 is 'CVE-2026-1'",
                "hostile-score.csv; line 3 has '17'",
                "hostile-nan.csv; line 3 has 'NaN'",
                "epss-2026-11-22-wrong-shape.csv; the columns are 'cve;epss'"
            })
    void refusesWhatAreNotScores(String file, String because) {
        assertThatThrownBy(() -> Collected.of(format, "epss/" + file))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining(because);
    }

    @Test
    void refusesALineWithoutEnd() {
        String head = "#model_version:v1,score_date:2026-11-22T12:55:00Z\ncve,epss,percentile\n";
        Path endless =
                Collected.write(
                        folder,
                        "endless.csv",
                        (head + "A".repeat(1 << 20)).getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Collected.of(format, endless))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("line 3 is too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-07-07", "2025-01-05", "2025-10-05"})
    void readsRealDays(String day) throws FeedException, IOException {
        Path file = Collected.shared("epss/snapshots/epss_%s.csv.gz".formatted(day));
        Collected read = Collected.of(format, file);
        long lines;
        try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(file))) {
            lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().count();
        }
        assertThat(read.records).hasSize((int) lines - 1);
        assertThat(read.header().date()).isEqualTo(Instant.parse(day + "T00:00:00Z"));
    }

    private static byte[] packed(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
