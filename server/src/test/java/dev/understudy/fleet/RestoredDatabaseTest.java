package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A control plane whose database was put back from a backup, and a host that has gone on since.
class RestoredDatabaseTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private static final Duration SOON = Duration.ofMinutes(5);

    private final ManualClock clock = new ManualClock();
    private final List<AgentEvent> journal = new ArrayList<>();
    private TestFleet before;
    private TestFleet restored;
    private HostIdentity who;
    private HostId host;
    private OrderId accepted;
    private OrderId waiting;

    /// At the backup the host has accepted one order and another one waits for it. After it the
    /// host carried out both, and a third that the backup does not know.
    @BeforeEach
    void goOnAfterTheBackup() {
        before = TestFleet.on(DATABASE.get(), clock);
        host = before.enrol("web-1", Group.DEFAULT);
        who = before.identity(host);
        accepted = before.orders.issue(host, new OrderBody.Refresh(), SOON);
        say(accepted, new Report.Accepted());
        assertThat(before.checkIns.checkIn(who, says(journal, 0L)).acknowledged()).isEqualTo(1);
        waiting = before.orders.issue(host, new OrderBody.Refresh(), SOON);
        Database backup = DATABASE.backup();
        OrderId forgotten = before.orders.issue(host, new OrderBody.Reboot(), SOON);
        say(accepted, new Report.Refreshed(4));
        say(waiting, new Report.Accepted());
        say(waiting, new Report.Refreshed(5));
        say(forgotten, new Report.Accepted());
        say(forgotten, new Report.Rebooted("6.1"));
        assertThat(before.checkIns.checkIn(who, says(journal, 1L)).acknowledged()).isEqualTo(6);
        restored = TestFleet.on(backup, clock);
    }

    @Test
    void theHostTellsAgainWhatWasForgottenAndGetsNoOrderBefore() {
        CheckInAnswer first = restored.checkIns.checkIn(who, says(List.of(), 6L));
        assertThat(first.acknowledged()).isEqualTo(1);
        assertThat(first.orders()).as("what waits may be done already").isEmpty();
        assertThat(state(waiting)).isEqualTo(OrderState.QUEUED);
        CheckInAnswer second =
                restored.checkIns.checkIn(who, says(journal.subList(1, journal.size()), 1L));
        assertThat(second.acknowledged()).isEqualTo(6);
        assertThat(second.orders()).as("nothing is done twice").isEmpty();
        assertThat(report(accepted)).isEqualTo(new Report.Refreshed(4));
        assertThat(report(waiting)).isEqualTo(new Report.Refreshed(5));
        assertThat(audited()).contains("fleet.host-ahead", "fleet.host-caught-up");
        assertThat(audited()).doesNotContain("fleet.events-lost");
    }

    @Test
    void whatTheHostCannotTellAgainIsRecordedAsLostAndItGoesOn() {
        say(null, new Report.Failed("later"));
        List<AgentEvent> rest = journal.subList(6, 7);
        assertThat(restored.checkIns.checkIn(who, says(rest, 6L)).acknowledged()).isEqualTo(1);
        CheckInAnswer next = restored.checkIns.checkIn(who, says(rest, 1L));
        assertThat(next.acknowledged()).isEqualTo(7);
        assertThat(audited()).contains("fleet.events-lost");
        assertThat(details("fleet.events-lost"))
                .contains("\"first\": \"2\"", "\"last\": \"6\"", accepted.toString());
        assertThat(FleetCounts.count(restored.database, clock, FleetSettings.STANDARD).lostEvents())
                .isEqualTo(5);
        assertThat(restored.checkIns.checkIn(who, says(List.of(), 7L)).orders())
                .as("the host is asked what became of the orders whose answers are lost")
                .hasSize(2);
        replayed(8, accepted);
        replayed(9, waiting);
        CheckInAnswer last = restored.checkIns.checkIn(who, says(journal.subList(7, 9), 7L));
        assertThat(last.acknowledged()).isEqualTo(9);
        assertThat(last.orders()).isEmpty();
        assertThat(state(accepted)).isEqualTo(OrderState.ENDED);
        assertThat(state(waiting)).isEqualTo(OrderState.ENDED);
    }

    @Test
    void aHostThatIsSilentAndHasNoJournalLeftGoesOnToo() {
        restored.checkIns.checkIn(who, says(List.of(), 6L));
        assertThat(restored.checkIns.checkIn(who, says(List.of(), 1L)).acknowledged()).isEqualTo(6);
        assertThat(details("fleet.events-lost")).contains("\"first\": \"2\"", "\"last\": \"6\"");
    }

    @Test
    void anOrderThatTheHostIsCarryingOutIsNotPutToItAgain() {
        restored.checkIns.checkIn(who, says(List.of(), 6L));
        CheckIn running =
                new CheckIn(
                        "1.0", "boot-1", "0".repeat(64), accepted, List.of(), List.of(), 1L, null);
        restored.checkIns.checkIn(who, running);
        assertThat(state(accepted)).isEqualTo(OrderState.ACCEPTED);
    }

    @Test
    void aCertificateThatWasIssuedAfterTheBackupCountsAndTheOneBeforeEnds() {
        KeyPair key = CertificateAuthority.newKey();
        Enrolment.Answer renewed =
                before.enrolments.renew(
                        who,
                        new Enrolment.Renewal(TestFleet.signingRequest(key, "SHA256withECDSA")));
        HostIdentity next =
                restored.certificates.identify(TestFleet.certificate(renewed.certificatePem()));
        restored.checkIns.checkIn(next, says(List.of(), 6L));
        assertThat(audited()).contains("fleet.certificate-adopted");
        assertThat(restored.certificates.inForce(next)).isTrue();
        assertThat(restored.certificates.inForce(who)).isFalse();
    }

    private void replayed(long sequence, OrderId order) {
        assertThat(journal).hasSize((int) sequence - 1);
        say(order, new Report.Refused(Report.Refusal.REPLAYED, "it was here before"));
    }

    private void say(@Nullable OrderId order, Report report) {
        journal.add(new AgentEvent(journal.size() + 1L, clock.instant(), order, report));
    }

    private static CheckIn says(List<AgentEvent> events, Long acknowledged) {
        return new CheckIn(
                "1.0", "boot-1", "0".repeat(64), null, events, List.of(), acknowledged, null);
    }

    private OrderState state(OrderId order) {
        return restored.orders.find(order).orElseThrow().state();
    }

    private @Nullable Report report(OrderId order) {
        return restored.orders.find(order).orElseThrow().report();
    }

    private List<String> audited() {
        return restored.database
                .sql("select action from governance.audit_entry where subject = :host")
                .param("host", "host:" + host)
                .query(String.class)
                .list();
    }

    private String details(String action) {
        return restored.database
                .sql("select details::text from governance.audit_entry where action = :action")
                .param("action", action)
                .query(String.class)
                .single();
    }
}
