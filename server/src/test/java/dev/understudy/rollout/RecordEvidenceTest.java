package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Opening;
import dev.understudy.governance.Proof;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Bound;
import dev.understudy.rollout.gate.Certifiability.Certifiable;
import dev.understudy.rollout.gate.Costs;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import dev.understudy.rollout.gate.PlanWaves;
import dev.understudy.rollout.gate.WavePlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordEvidenceTest {
    private static final Instant UNTIL = Samples.NOW.plusSeconds(300);
    private static final Terms TERMS =
            new Terms(false, 1, 50, Duration.ofMinutes(5), RebootPolicy.NEVER, Proof.USUAL);
    private static final HostId HOST = Samples.host(1);

    @Test
    void aHostCountsAsGoodOnlyAfterItsSoakAndIfItWasHeardOf() {
        Deployment done = Samples.deployment(HOST, 1, new State.Done("cp"));
        Rollout soaking = rollout(new Rollout.State.Soaking(1, UNTIL));
        assertThat(news(soaking, done, UNTIL.minusSeconds(1), UNTIL.minusSeconds(2))).isEmpty();
        assertThat(news(soaking, done, UNTIL.plusSeconds(5), UNTIL.minusSeconds(2))).isEmpty();
        assertThat(news(soaking, done, UNTIL.plusSeconds(5), UNTIL.plusSeconds(2)))
                .containsExactly(new Entry.Judged(0, 1, HOST, true, Outcome.GOOD, ""));
    }

    @Test
    void aFailureCountsAtOnce() {
        Deployment failed = Samples.deployment(HOST, 1, new State.Restored(List.of("it broke")));
        assertThat(news(rollout(new Rollout.State.Running(1)), failed, Samples.NOW, Samples.NOW))
                .contains(new Entry.Judged(0, 1, HOST, true, Outcome.FAILED, "it broke."));
    }

    @Test
    void aHostThatStaysSilentForAnotherSoakCountsAsFailed() {
        Deployment done = Samples.deployment(HOST, 1, new State.Done("cp"));
        Rollout held = rollout(new Rollout.State.Held(1, UNTIL, "silent"));
        Instant heard = UNTIL.minusSeconds(2);
        assertThat(news(held, done, UNTIL.plus(Duration.ofMinutes(14)), heard)).isEmpty();
        assertThat(news(held, done, UNTIL.plus(Duration.ofMinutes(15)), heard))
                .singleElement()
                .isInstanceOfSatisfying(
                        Entry.Judged.class,
                        judged -> {
                            assertThat(judged.outcome()).isEqualTo(Outcome.FAILED);
                            assertThat(judged.why()).contains("Nothing was heard");
                        });
    }

    @Test
    void aHostThatDidNotComeBackFromItsRebootCountsAsFailed() {
        Deployment rebooted =
                Samples.deployment(
                        HOST, 1, new State.NotInEffect("cp", false, List.of("no inventory")));
        Rollout held =
                Samples.rollout(
                        new Rollout.State.Held(1, UNTIL, "silent"),
                        new Terms(
                                false,
                                1,
                                50,
                                Duration.ofMinutes(5),
                                RebootPolicy.WHEN_NEEDED,
                                Proof.USUAL));
        Instant late = UNTIL.plus(Duration.ofMinutes(15));
        assertThat(news(held, rebooted, late, UNTIL.minusSeconds(2)))
                .singleElement()
                .isInstanceOfSatisfying(
                        Entry.Judged.class,
                        judged -> assertThat(judged.outcome()).isEqualTo(Outcome.FAILED));
        // One that is there, with the old code still running, is for a person to look at.
        assertThat(news(held, rebooted, late, UNTIL.plusSeconds(2))).isEmpty();
    }

    @Test
    void whoIsWaitedForIsNotJudged() {
        Deployment done = Samples.deployment(HOST, 1, new State.Done("cp"));
        Attributed waited =
                new Attributed(
                        Set.of(), Set.of(), false, Map.of(), List.of(), List.of(), Set.of(HOST));
        Rollout held = rollout(new Rollout.State.Held(1, UNTIL, "silent"));
        Instant late = UNTIL.plus(Duration.ofHours(2));
        assertThat(news(held, done, late, UNTIL.minusSeconds(2), waited)).isEmpty();
        assertThat(news(held, done, late, UNTIL.plusSeconds(2), waited))
                .containsExactly(new Entry.Judged(0, 1, HOST, true, Outcome.GOOD, ""));
    }

    @Test
    void whatFailsOnATwinHarmsNoHost() {
        Deployment failed =
                Samples.deployment(
                        HOST, 1, new State.FailedInTwin(Samples.order(1), List.of("it broke")));
        assertThat(news(rollout(new Rollout.State.Soaking(1, UNTIL)), failed, UNTIL, UNTIL))
                .isEmpty();
    }

    @Test
    void theBeginningOfAWaveIsRecordedOnce() {
        Deployment applying =
                Samples.deployment(HOST, 1, new State.Applying(Samples.order(1), Samples.order(2)));
        List<Entry> news =
                news(rollout(new Rollout.State.Running(1)), applying, Samples.NOW, Samples.NOW);
        assertThat(news).containsExactly(new Entry.WaveBegan(0, 1, 1));
        Trial begun = Trial.of(certificate(), draws(), news);
        assertThat(
                        RecordEvidence.news(
                                begun,
                                rollout(new Rollout.State.Running(1)),
                                List.of(applying),
                                Map.of(),
                                Attributed.NOTHING,
                                Samples.NOW))
                .isEmpty();
    }

    private static List<Entry> news(Rollout rollout, Deployment d, Instant now, Instant heard) {
        return news(rollout, d, now, heard, Attributed.NOTHING);
    }

    private static List<Entry> news(
            Rollout rollout, Deployment d, Instant now, Instant heard, Attributed attributed) {
        return RecordEvidence.news(
                Trial.of(certificate(), draws(), List.of()),
                rollout,
                List.of(d),
                Map.of(HOST, new HostSeen("web-1", heard, new Opening.Open(null, null))),
                attributed,
                now);
    }

    private static Rollout rollout(Rollout.State state) {
        return Samples.rollout(state, TERMS);
    }

    private static List<Draw> draws() {
        return List.of(new Draw(HOST, 0, Draw.Role.SAMPLE, 0));
    }

    private static Certificate certificate() {
        if (PlanWaves.of(Bound.USUAL, Costs.USUAL, 2000, 1, 0)
                instanceof Certifiable(WavePlan plan)) {
            return new Certificate(
                    true, "promise", 1, List.of(new Certificate.Stratum("bookworm", plan)));
        }
        throw new AssertionError("2000 hosts are enough");
    }
}
