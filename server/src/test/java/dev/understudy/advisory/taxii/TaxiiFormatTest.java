package dev.understudy.advisory.taxii;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord.Remedy;
import dev.understudy.advisory.FeedRecord.Sighting;
import dev.understudy.advisory.FeedRecord.SightingKind;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaxiiFormatTest {
    private final TaxiiFormat format = new TaxiiFormat();

    @ParameterizedTest
    @ValueSource(strings = {"taxii/objects.jsonl", "taxii/bundle.json"})
    void tellsWhatWasSeenExploitedAndWhatToDo(String name) throws FeedException {
        Collected read = Collected.of(format, name);
        assertThat(read.rejections).isEmpty();
        assertThat(read.read).isEqualTo(13);
        assertThat(read.all(Sighting.class))
                .extracting(Sighting::cve, Sighting::kind, Sighting::toldBy, Sighting::sentence)
                .containsExactlyInAnyOrder(
                        tuple(
                                "CVE-2026-30002",
                                SightingKind.SIGHTING,
                                "A sector's exchange",
                                "CVE-2026-30002 was seen by Beacon of x."),
                        tuple(
                                "CVE-2026-30002",
                                SightingKind.INDICATOR,
                                "A sector's exchange",
                                "Beacon of x indicates CVE-2026-30002."),
                        tuple(
                                "CVE-2026-30001",
                                SightingKind.SIGHTING,
                                "A sector's exchange",
                                "CVE-2026-30001 is exploited by Badware (malware)."));
        assertThat(read.all(Sighting.class))
                .extracting(Sighting::seenAt)
                .contains(Instant.parse("2026-11-19T12:00:00Z"));
        assertThat(read.all(Remedy.class))
                .extracting(Remedy::cve, Remedy::category, Remedy::details)
                .containsExactly(tuple("CVE-2026-30001", "mitigates", "Stop the service."));
    }

    @Test
    void setsAsideWhatIsNoObject() throws FeedException {
        assertThat(Collected.of(format, "taxii/wrong-shape.json").rejections).hasSize(1);
    }
}
