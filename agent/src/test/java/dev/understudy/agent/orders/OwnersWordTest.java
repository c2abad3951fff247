package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report.Refusal;
import dev.understudy.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the gate makes of the local policy.
class OwnersWordTest {
    @TempDir Path folder;
    private Fixture host;

    @BeforeEach
    void newHost() {
        host = new Fixture(folder);
    }

    @Test
    void changesNothingInObserveModeButRehearsesAndRefreshes() {
        host.policy = LocalPolicy.observing();
        for (OrderBody body :
                List.of(
                        Fixture.apply(),
                        new OrderBody.Restore(Fixture.CHECKPOINT),
                        new OrderBody.RestartUnits(List.of("nginx.service")),
                        new OrderBody.Reboot())) {
            Order order = host.order(body);
            host.assertRefused(host.sign(order), Refusal.OBSERVE_MODE, order.id());
            assertThat(Fixture.code(host.gate.judgeByHand(host.order(body))))
                    .isEqualTo(Refusal.OBSERVE_MODE);
        }
        OrderBody rehearse =
                new OrderBody.Rehearse(Fixture.PLAN, Duration.ZERO, Duration.ofHours(1));
        assertThat(host.gate.judge(host.sign(host.order(rehearse))))
                .isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void obeysTheOwnersPolicyBeforeTheControlPlane() {
        host.policy =
                new LocalPolicy(
                        Mode.MANAGED,
                        List.of("ngin?", "linux-image-*"),
                        true,
                        false,
                        List.of(),
                        LocalPolicy.Keep.USUAL,
                        List.of());
        Order apply = host.order(Fixture.apply());
        host.assertRefused(host.sign(apply), Refusal.LOCAL_POLICY, apply.id());
        Order reboot = host.order(new OrderBody.Reboot());
        host.assertRefused(host.sign(reboot), Refusal.LOCAL_POLICY, reboot.id());
        Order undo = host.order(new OrderBody.Restore(Fixture.CHECKPOINT));
        assertThat(host.gate.judge(host.sign(undo))).isInstanceOf(Judgement.LetIn.class);
    }

    @Test
    void takesAPersonsWordForARehearsalOnlyWhereTheOwnerAllowsItAndNothingFailed() {
        Order refused = host.order(Fixture.accepted());
        assertThat(
                        host.assertRefused(host.sign(refused), Refusal.LOCAL_POLICY, refused.id())
                                .report()
                                .detail())
                .contains("allowUnrehearsed");

        host.policy = allowingUnrehearsed();
        assertThat(host.gate.judge(host.sign(host.order(Fixture.accepted()))))
                .isInstanceOf(Judgement.LetIn.class);
        OrderBody.Apply accepted = Fixture.accepted();
        Order without =
                host.order(
                        new OrderBody.Apply(
                                accepted.plan(),
                                accepted.rehearsal(),
                                accepted.soak(),
                                accepted.limit(),
                                accepted.reboot()));
        host.assertRefused(host.sign(without), Refusal.NOT_REHEARSED, without.id());
        Order failed =
                host.order(
                        new OrderBody.Apply(
                                accepted.plan(),
                                OrderId.random(),
                                accepted.soak(),
                                accepted.limit(),
                                accepted.reboot(),
                                accepted.acceptedWithoutRehearsal()));
        host.assertRefused(host.sign(failed), Refusal.NOT_REHEARSED, failed.id());
    }

    /// Signed by the right key, but for another plan than the one that the person saw.
    @Test
    void refusesAnAcceptanceOfAnotherPlan() throws Exception {
        host.policy = allowingUnrehearsed();
        Order order = host.order(Fixture.accepted());
        String bent =
                new String(Wire.encode(order), StandardCharsets.UTF_8)
                        .replace("1.22.1-9+deb12u2", "1.22.1-9+deb12u3");
        host.assertRefused(
                host.signedBytes(bent.getBytes(StandardCharsets.UTF_8)), Refusal.MALFORMED, null);
    }

    @Test
    void refusesEveryChangeWhenThePolicyCannotBeRead() {
        host.policy =
                new LocalPolicy(
                        Mode.OBSERVE,
                        List.of(),
                        true,
                        false,
                        List.of(),
                        LocalPolicy.Keep.USUAL,
                        List.of("policy.json: mode is 'managd'"));
        for (OrderBody body : List.of(Fixture.apply(), new OrderBody.Restore(Fixture.CHECKPOINT))) {
            Order order = host.order(body);
            Judgement.TurnedAway away =
                    host.assertRefused(host.sign(order), Refusal.LOCAL_POLICY, order.id());
            assertThat(away.report().detail()).contains("managd");
        }
    }

    private static LocalPolicy allowingUnrehearsed() {
        return new LocalPolicy(
                Mode.MANAGED, List.of(), false, true, List.of(), LocalPolicy.Keep.USUAL, List.of());
    }
}
