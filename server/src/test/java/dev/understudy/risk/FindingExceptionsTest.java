package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.exposure.FollowDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Exceptions, rules and clocks over a real database, through the ranks of a host.
class FindingExceptionsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private static final String CVE = "CVE-2025-9230";
    private static final String PATCH = "bookworm/openssl/3.0.17-1~deb12u2";

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final FindingExceptions exceptions =
            new FindingExceptions(database, fleet.audit, clock);
    private final DeadlineRules rules = new DeadlineRules(database, fleet.audit);
    private final Patches patches =
            new Patches(
                    database,
                    fleet.inventories,
                    TestFeeds.on(database, clock, new KevFormat()),
                    new FollowDatabase(database, clock),
                    HazardSettings.USUAL,
                    clock);

    @Test
    void stopsTheClockUntilItsEndAndNoLonger() {
        HostId host = host("stopped", "exceptions-a");
        Instant before = due(host);
        Instant until = clock.instant().plus(Duration.ofDays(100));
        FindingException made =
                exceptions.add("token:ann", CVE, host, "", "Ann", "vendor is asked", until);
        assertThat(verdict(host).due()).isEqualTo(until);
        assertThat(verdict(host).excepted()).contains("by Ann: vendor is asked");
        assertThat(
                        new WhyUnpatched(patches, List.of(), clock)
                                .forHost(host)
                                .packages()
                                .getFirst()
                                .reason()
                                .code())
                .isEqualTo(Reason.Code.EXCEPTED);
        assertThat(due(host("other", "exceptions-a"))).isEqualTo(before);
        exceptions.end("token:bob", made.id());
        assertThat(due(host)).isEqualTo(before);
        assertThat(exceptions.all())
                .filteredOn(each -> each.id().equals(made.id()))
                .extracting(FindingException::endedBy)
                .containsExactly("token:bob");
        assertThat(actions()).contains("risk.exception-made", "risk.exception-ended");
    }

    @Test
    void expiresByItself() {
        HostId host = host("expires", "exceptions-b");
        Instant before = due(host);
        exceptions.add(
                "token:ann",
                PATCH,
                null,
                "exceptions-b",
                "Ann",
                "later",
                before.plus(Duration.ofDays(10)));
        assertThat(due(host)).isAfter(before);
        clock.pass(Duration.between(clock.instant(), before.plus(Duration.ofDays(11))));
        assertThat(due(host)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "everything, Ann, why, PT1H, neither a CVE nor a patch",
        "CVE-2025-9230, '', why, PT1H, needs an owner and a reason",
        "CVE-2025-9230, Ann, ' ', PT1H, needs an owner and a reason",
        "CVE-2025-9230, Ann, why, PT0S, ends within a year",
        "CVE-2025-9230, Ann, why, P400D, ends within a year",
    })
    void refusesOneWithoutOwnerReasonOrEnd(
            String subject, String owner, String reason, Duration lasts, String why) {
        assertThatThrownBy(
                        () ->
                                exceptions.add(
                                        "token:ann",
                                        subject,
                                        null,
                                        "",
                                        owner,
                                        reason,
                                        clock.instant().plus(lasts)))
                .isInstanceOf(Problem.class)
                .hasMessageContaining(why);
    }

    @Test
    void aGroupsOwnRuleSetsItsDeadlinesAtOnce() {
        HostId host = host("ruled", "exceptions-c");
        assertThat(verdict(host).days()).isEqualTo(60);
        rules.put(
                "token:ann",
                "exceptions-c",
                new DeadlineRule(
                        DeadlineRule.Standard.SLA, List.of(5, 30, 90, 180), false, List.of()));
        assertThat(verdict(host).days()).isEqualTo(5);
        assertThat(verdict(host).assumed())
                .contains("no feed gives a severity: counted as critical");
        assertThat(patches.forHost(host).getFirst().sentence()).startsWith("Fix within 5 days");
        assertThat(rules.decided()).containsKey("exceptions-c");
    }

    @Test
    void keepsOnRecordWhatStartedAClock() {
        HostId host = host("clocked", "exceptions-d");
        CveVerdict verdict = verdict(host);
        assertThat(new DeadlineClocks(database).of(CVE))
                .contains(
                        new DeadlineClocks.Start(
                                PATCH, CVE, verdict.clockStart(), verdict.clockReason()));
    }

    private HostId host(String name, String group) {
        return fleet.enrol(name, group, SampleInventory.with("3.0.15-1~deb12u1"));
    }

    private CveVerdict verdict(HostId host) {
        return patches.forHost(host).getFirst().evidence().getFirst();
    }

    private Instant due(HostId host) {
        Instant due = verdict(host).due();
        if (due == null) {
            throw new AssertionError("no deadline");
        }
        return due;
    }

    private List<String> actions() {
        return database.sql("select action from governance.audit_entry").query(String.class).list();
    }
}
