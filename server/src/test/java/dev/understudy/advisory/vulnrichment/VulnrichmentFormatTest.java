package dev.understudy.advisory.vulnrichment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.Ternary;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VulnrichmentFormatTest {
    private final VulnrichmentFormat format = new VulnrichmentFormat();

    @Test
    void readsDecisionPointsExploitationAndSeverity() throws FeedException {
        Collected read = Collected.of(format, "vulnrichment/CVE-2026-10001.json");
        assertThat(read.records)
                .containsExactly(
                        new FeedRecord.Ssvc(
                                "CVE-2026-10001",
                                "active",
                                Ternary.YES,
                                Ternary.YES,
                                Instant.parse("2026-11-19T14:20:47.271139Z")),
                        new FeedRecord.Exploited(
                                "CVE-2026-10001",
                                LocalDate.parse("2026-11-19"),
                                null,
                                Ternary.UNKNOWN,
                                ""),
                        new FeedRecord.Severity(
                                "CVE-2026-10001",
                                "CVSS_V3",
                                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                                9.8));
        assertThat(read.header().date()).isEqualTo(Instant.parse("2026-11-20T14:32:09.279Z"));
    }

    @Test
    void readsADirectoryAndSetsAsideWhatIsDamagedInIt() throws FeedException {
        Collected read = Collected.of(format, "vulnrichment");
        assertThat(read.all(FeedRecord.Ssvc.class))
                .extracting(FeedRecord.Ssvc::cve)
                .contains("CVE-2026-10001", "CVE-2026-10002");
        assertThat(read.rejections).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "CVE-empty.json,        not a CVE record",
                "CVE-cut-off.json,      not JSON",
                "CVE-wrong-shape.json,  not a CVE record",
                "CVE-hostile-date.json, dateAdded is not a date"
            })
    void setsAsideWhatIsNotARecord(String file, String because) throws FeedException {
        Collected read = Collected.of(format, "vulnrichment/" + file);
        assertThat(read.rejections).singleElement().asString().contains(because);
    }

    @Test
    void readsRealRecords() throws FeedException {
        Collected read = Collected.of(format, Collected.shared("vulnrichment"));
        assertThat(read.rejections).isEmpty();
        assertThat(read.all(FeedRecord.Ssvc.class)).hasSize(7);
        assertThat(read.all(FeedRecord.Ssvc.class))
                .contains(
                        new FeedRecord.Ssvc(
                                "CVE-2024-3094",
                                "none",
                                Ternary.YES,
                                Ternary.YES,
                                Instant.parse("2024-04-02T04:00:23.138684Z")));
        assertThat(read.all(FeedRecord.Exploited.class))
                .extracting(FeedRecord.Exploited::cve)
                .contains("CVE-2024-1086");
    }
}
