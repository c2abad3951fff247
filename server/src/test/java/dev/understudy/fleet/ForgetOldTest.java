package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ForgetOldTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private static final Duration EVENTS = Duration.ofDays(90);
    private static final Duration ORDERS = Duration.ofDays(400);

    private final ManualClock clock = new ManualClock();
    private final Instant began = clock.instant();
    private Database database;
    private TestFleet fleet;
    private HostId host;
    private OrderId ended;
    private OrderId running;

    @BeforeEach
    void work() {
        database = DATABASE.get();
        database.sql("delete from fleet.agent_events").update();
        database.sql("delete from fleet.orders").update();
        fleet = TestFleet.on(database, clock);
        host = fleet.enrol("web", Group.DEFAULT);
        ended = fleet.orders.issue(host, new OrderBody.Refresh(), Duration.ofHours(1));
        running = fleet.orders.issue(host, new OrderBody.Reboot(), Duration.ofHours(1));
        fleet.report(host, ended, new Report.Accepted(), new Report.Refreshed(1));
        fleet.report(host, running, new Report.Accepted());
    }

    private void forget(Optional<Instant> underWaySince) {
        new ForgetOld(database, clock, EVENTS, ORDERS, () -> underWaySince).run();
    }

    @Test
    void reportsGoFirstThenOrdersAndWhatIsUnderWayStays() {
        long entries = count("governance.audit_entry");
        forget(Optional.empty());
        assertThat(count("fleet.agent_events")).isEqualTo(3);
        clock.pass(EVENTS.plusSeconds(1));
        forget(Optional.empty());
        assertThat(count("fleet.agent_events")).as("of the order that is under way").isEqualTo(1);
        assertThat(count("fleet.orders")).isEqualTo(2);
        clock.pass(ORDERS);
        forget(Optional.of(began.minusSeconds(1)));
        assertThat(fleet.orders.find(ended)).as("a rollout began before it").isPresent();
        forget(Optional.of(clock.instant()));
        assertThat(fleet.orders.find(ended)).isEmpty();
        assertThat(fleet.orders.find(running)).isPresent();
        assertThat(count("governance.audit_entry")).isEqualTo(entries);
        assertThat(fleet.report(host, running, new Report.Rebooted("6.1")).acknowledged())
                .as("the host goes on where it was")
                .isEqualTo(4);
    }

    @Test
    void deletesMoreThanOnePortion() {
        database.sql(
                        """
                        insert into fleet.agent_events (host, sequence, at, received_at, report)
                        select :host, n, :at, :at, '{}'
                        from generate_series(100, 12099) as s (n)
                        """)
                .param("host", host.value())
                .param("at", Times.sql(began.minus(EVENTS).minusSeconds(9)))
                .update();
        forget(Optional.empty());
        assertThat(count("fleet.agent_events")).isEqualTo(3);
    }

    private long count(String table) {
        return database.sql("select count(*) from " + table).query(Long.class).single();
    }
}
