package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who is believed when feeds differ.
class FixedVersionsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();
    private final FixedVersions fixes = new FixedVersions(database);

    @BeforeEach
    void startWithoutFeeds() {
        database.sql("truncate advisory.advisories, advisory.fixed_versions").update();
    }

    @Test
    void theVendorsNotAffectedBeatsWhatAnAggregatorSaysAndIsShownWithItsReason() {
        say("osv-alma", "ALSA-1", List.of("CVE-2026-1001", "CVE-2026-1002"), "", "2.0-1", "");
        say("csaf-vendor", "VEX-1", List.of("CVE-2026-1001"), "", null, "component_not_present");
        assertThat(fixes.forBinaries("rhel:9", Set.of("curl")))
                .singleElement()
                .satisfies(
                        left -> {
                            assertThat(left.advisory()).isEqualTo("ALSA-1");
                            assertThat(left.cves()).containsExactly("CVE-2026-1002");
                        });
        assertThat(fixes.notAffected("rhel:9", PackageKind.BINARY, Set.of("curl")))
                .extracting(FixedVersion::note)
                .containsExactly("component_not_present");
    }

    @Test
    void theVendorsFixedVersionBeatsALaterOneAndAnOpenOneOfALowerSource() {
        say("csaf-vendor", "VEX-1", List.of("CVE-2026-1001"), "", "1.0-1.backport", "");
        say("osv-alma", "ALSA-1", List.of("CVE-2026-1001"), "", "2.0-1", "");
        write("nvd-guess", "NVD-1", List.of("CVE-2026-1001"), "", FixState.NOT_FIXED, null, "");
        assertThat(fixes.forBinaries("rhel:9", Set.of("curl")))
                .extracting(FixedVersion::fixed)
                .containsExactly("1.0-1.backport");
    }

    @Test
    void thatNothingIsFixedYetOverrulesNobody() {
        write("csaf-vendor", "VEX-1", List.of("CVE-2026-1001"), "", FixState.NOT_FIXED, null, "");
        say("osv-alma", "ALSA-1", List.of("CVE-2026-1001"), "", "2.0-1", "");
        assertThat(fixes.forBinaries("rhel:9", Set.of("curl"))).hasSize(2);
    }

    @Test
    void aStatementOnOneCveOfAnAdvisoryMeansOnlyThatOne() {
        say(
                "csaf-vendor",
                "RHSA-1",
                List.of("CVE-2026-1001", "CVE-2026-1002"),
                "CVE-2026-1001",
                "1.0-2",
                "");
        say("osv-alma", "ALSA-1", List.of("CVE-2026-1001", "CVE-2026-1002"), "", "2.0-1", "");
        assertThat(fixes.forBinaries("rhel:9", Set.of("curl")))
                .extracting(FixedVersion::advisory, FixedVersion::cves)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("RHSA-1", List.of("CVE-2026-1001")),
                        org.assertj.core.groups.Tuple.tuple("ALSA-1", List.of("CVE-2026-1002")));
    }

    @Test
    void whatConcernsAnotherReleaseOrASourcePackageOfThatNameChangesNothing() {
        say("osv-alma", "ALSA-1", List.of("CVE-2026-1001"), "", "2.0-1", "");
        assertThat(fixes.forBinaries("rhel:8", Set.of("curl"))).isEmpty();
        assertThat(fixes.forSources("rhel:9", Set.of("curl"))).isEmpty();
    }

    @Test
    void anAdvisoryWithoutCvesIsAlwaysHeard() {
        say("osv-alma", "ALBA-1", List.of(), "", "2.0-1", "");
        assertThat(fixes.forBinaries("rhel:9", Set.of("curl"))).hasSize(1);
    }

    /// Every kind that names packages has a rank, so that none is a guess by accident.
    @Test
    void everySourceOfFixedVersionsHasARank() {
        assertThat(
                        database.sql("select kind from advisory.precedence where why <> ''")
                                .query(String.class)
                                .list())
                .contains("csaf", "openvex", "updateinfo", "debian", "dsa", "osv");
    }

    /// Fixed where there is a version, else not affected.
    private void say(
            String feed,
            String id,
            List<String> cves,
            String cve,
            @Nullable String fixed,
            String note) {
        write(
                feed,
                id,
                cves,
                cve,
                fixed == null ? FixState.NOT_AFFECTED : FixState.FIXED,
                fixed,
                note);
    }

    private void write(
            String feed,
            String id,
            List<String> cves,
            String cve,
            FixState state,
            @Nullable String fixed,
            String note) {
        FeedRows rows = new FeedRows(database, feed);
        rows.accept(FeedRecord.Advisory.of(id, cves, "something"));
        rows.accept(
                new FeedRecord.Fix(
                        "Somewhere",
                        "rhel:9",
                        PackageKind.BINARY,
                        "curl",
                        id,
                        cve,
                        state,
                        "0",
                        fixed,
                        null,
                        "",
                        note));
        assertThat(rows.finish().total()).isEqualTo(2);
    }
}
