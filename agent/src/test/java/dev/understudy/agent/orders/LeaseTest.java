package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.Report.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Until when a host may change, and by whose clock.
class LeaseTest {
    @TempDir Path folder;
    private Fixture host;

    @BeforeEach
    void newHost() {
        host = new Fixture(folder);
    }

    @Test
    void judgesByTheControlPlanesTimeWhenTheHostsClockIsWrong() {
        Order order = host.order(new OrderBody.Reboot());
        host.now = host.now.minus(Duration.ofDays(400));
        host.lease.renew(
                new CheckInAnswer(
                        order.issuedAt().plusSeconds(5),
                        Duration.ofSeconds(30),
                        order.issuedAt().plusSeconds(65),
                        false,
                        0,
                        false,
                        List.of()),
                host.nanos.get());
        assertThat(host.gate.judge(host.sign(order))).isInstanceOf(Judgement.LetIn.class);
        assertThat(host.lease.clockBehind()).isEqualTo(Duration.ofDays(400).plusSeconds(5));
    }

    @Test
    void needsALeaseForChangesAndObeysTheStop() {
        host.leaseFor(Duration.ofMinutes(1), false);
        host.pass(Duration.ofMinutes(1));
        Order late = host.order(new OrderBody.Reboot());
        host.assertRefused(host.sign(late), Refusal.NO_LEASE, late.id());
        host.leaseFor(Duration.ofMinutes(5), true);
        Order stopped = host.order(new OrderBody.Reboot());
        host.assertRefused(host.sign(stopped), Refusal.STOPPED, stopped.id());
        assertThat(host.gate.judge(host.sign(host.order(new OrderBody.Refresh()))))
                .isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void keepsALeaseNoLongerWhenTheClockIsSetBack() {
        host.leaseFor(Duration.ofMinutes(1), false);
        host.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        host.now = host.now.minus(Duration.ofHours(1));
        assertThat(host.lease.held()).isFalse();
    }

    @Test
    void hasNoLeaseAfterARestart() {
        host.restart();
        assertThat(host.lease.held()).isFalse();
        Order order = host.order(new OrderBody.Reboot());
        host.assertRefused(host.sign(order), Refusal.NO_LEASE, order.id());
    }

    @Test
    void aHostThatSleptHasNoLeaseWhenItWakes() {
        host.leaseFor(Duration.ofMinutes(1), false);
        host.now = host.now.plus(Duration.ofHours(1));
        assertThat(host.lease.held()).as("the monotonic clock stands still meanwhile").isFalse();
        host.leaseFor(Duration.ofMinutes(1), false);
        assertThat(host.lease.held()).isTrue();
    }

    @Test
    void theLeaseIsCountedFromWhenTheHostAsked() {
        long asked = host.nanos.get();
        host.pass(Duration.ofSeconds(20));
        host.lease.renew(
                new CheckInAnswer(
                        host.now,
                        Duration.ofSeconds(30),
                        host.now.plusSeconds(60),
                        false,
                        0,
                        false,
                        List.of()),
                asked);
        host.pass(Duration.ofSeconds(39));
        assertThat(host.lease.held()).isTrue();
        host.now = host.now.plusSeconds(1);
        assertThat(host.lease.held()).isFalse();
    }
}
