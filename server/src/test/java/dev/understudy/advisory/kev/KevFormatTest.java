package dev.understudy.advisory.kev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.Ternary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KevFormatTest {
    private final KevFormat format = new KevFormat();

    @Test
    void readsEachEntryAndWhatTheCatalogueSaysOfItself() throws FeedException {
        Collected read = Collected.of(format, "kev/valid.json");
        assertThat(read.records).hasSize(3);
        assertThat(read.records.getFirst())
                .isEqualTo(
                        new FeedRecord.Exploited(
                                "CVE-2026-10001",
                                LocalDate.parse("2026-11-19"),
                                LocalDate.parse("2026-11-22"),
                                Ternary.YES,
                                "Example Web Server Request Smuggling Vulnerability"));
        assertThat(read.header().date()).isEqualTo(Instant.parse("2026-11-20T15:00:12.123400Z"));
        assertThat(read.header().model()).isEqualTo("2026.11.20");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "empty.json,        not a JSON object",
                "cut-off.json,      Unexpected end-of-input",
                "miscounted.json,   says it has 30 entries",
                "wrong-shape.json,  not a JSON object",
                "hostile-id.json,   cveID is 'CVE-2026-10002; drop table'",
                "hostile-date.json, dateAdded is not a date"
            })
    void refusesWhatIsNotAWholeCatalogue(String file, String because) {
        assertThatThrownBy(() -> Collected.of(format, "kev/" + file))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining(because);
    }

    @Test
    void refusesNestingWithoutEnd(@TempDir Path folder) {
        String deep = "{\"vulnerabilities\":" + "[".repeat(100_000);
        Path file = Collected.write(folder, "deep.json", deep.getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> Collected.of(format, file))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining("nesting depth");
    }

    @Test
    void readsTheRealCatalogueWhole() throws FeedException {
        Collected read =
                Collected.of(format, Collected.shared("kev/known_exploited_vulnerabilities.json"));
        assertThat(read.records).hasSize(1_484);
        assertThat(read.header().date()).isEqualTo(Instant.parse("2025-12-31T00:00:00Z"));
    }
}
