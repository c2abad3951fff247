package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.governance.Autonomy;
import dev.understudy.platform.TestDatabase;
import dev.understudy.rollout.gate.Entry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CertificatesTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private RolloutId rollout;
    private Certificates mine;
    private Certificates others;

    CertificatesTest() {
        super(DATABASE);
    }

    @BeforeEach
    void rollout() {
        world.agent("web-1", "curl");
        world.policy(Autonomy.APPROVE);
        world.until(() -> !world.module.rollouts().newest(1).isEmpty());
        rollout = world.newest().id();
        mine = new Certificates(pool.database(), world.clock);
        others = new Certificates(pool.database(), world.clock);
    }

    @Test
    void whatAnotherReplicaAddsIsSeen() {
        append(mine, 1);
        assertThat(mine.entries(rollout)).containsExactly(entry(1));
        append(others, 2);
        assertThat(mine.entries(rollout)).containsExactly(entry(1), entry(2));
        append(mine, 3);
        assertThat(others.entries(rollout)).containsExactly(entry(1), entry(2), entry(3));
    }

    @Test
    void whatWasNotCommittedIsNotRemembered() {
        append(mine, 1);
        assertThatThrownBy(
                        () ->
                                pool.database()
                                        .inTransaction(
                                                () -> {
                                                    mine.append(rollout, List.of(entry(2)));
                                                    assertThat(mine.entries(rollout)).hasSize(2);
                                                    throw new IllegalStateException("cut off");
                                                }))
                .hasMessage("cut off");
        assertThat(mine.entries(rollout)).containsExactly(entry(1));
        append(mine, 3);
        assertThat(mine.entries(rollout)).containsExactly(entry(1), entry(3));
    }

    @Test
    void aDatabaseThatWasPutBackIsReadAnew() {
        append(mine, 1);
        append(mine, 2);
        assertThat(mine.entries(rollout)).hasSize(2);
        pool.database()
                .sql("alter table rollout.evidence disable trigger evidence_is_append_only")
                .update();
        pool.database().sql("delete from rollout.evidence where number = 2").update();
        pool.database()
                .sql("alter table rollout.evidence enable trigger evidence_is_append_only")
                .update();
        assertThat(mine.entries(rollout)).containsExactly(entry(1));
        append(others, 4);
        assertThat(mine.entries(rollout)).containsExactly(entry(1), entry(4));
    }

    @Test
    void aLineOfANewerVersionIsRefusedWithTheReasonAndItsRolloutLeftAlone() {
        world.until(() -> world.newest().state() instanceof Rollout.State.AwaitingApproval);
        append(mine, 1);
        pool.database()
                .sql(
                        """
                        insert into rollout.evidence (rollout, number, at, entry)
                        values (:rollout, 2, now(), '{"type": "Foreseen", "stratum": 0}')
                        """)
                .param("rollout", rollout.value())
                .update();
        assertThatThrownBy(() -> mine.entries(rollout))
                .isInstanceOfSatisfying(
                        NewerRecord.class,
                        newer -> {
                            assertThat(newer.code()).isEqualTo("record-newer");
                            assertThat(newer.detail())
                                    .contains("Line 2", "'Foreseen'", "upgrade this one");
                        });
        Rollout before = world.newest();
        world.module.steer().approve(rollout, "token:alice", Optional.empty());
        world.ticks(30);
        assertThat(world.newest().state()).isNotEqualTo(before.state());
        assertThat(world.agents.getFirst().changes).isZero();
        world.module.steer().halt(rollout, "token:alice", "it is left to nobody");
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
    }

    @Test
    void anOutcomeOfANewerVersionIsRefusedAsWell() {
        pool.database()
                .sql(
                        """
                        insert into rollout.evidence (rollout, number, at, entry)
                        values (:rollout, 1, now(),
                                jsonb_build_object('type', 'Judged', 'stratum', 0, 'wave', 1,
                                                   'host', :host, 'sampled', true,
                                                   'outcome', 'PUT_OFF', 'why', ''))
                        """)
                .param("rollout", rollout.value())
                .param("host", world.agents.getFirst().host.toString())
                .update();
        assertThatThrownBy(() -> mine.entries(rollout)).isInstanceOf(NewerRecord.class);
    }

    private void append(Certificates through, int wave) {
        pool.database().inTransaction(() -> through.append(rollout, List.of(entry(wave))));
    }

    private static Entry entry(int wave) {
        return new Entry.WaveBegan(0, wave, 1);
    }
}
