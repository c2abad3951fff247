package dev.understudy.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import dev.understudy.rollout.RolloutId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OutcomesTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");
    private static final RolloutId ROLLOUT = RolloutId.of("00000000-0000-0000-0000-00000000beef");
    private static final PatchId CURL = new PatchId("bookworm", "curl", "2");
    private static final PatchId NGINX = new PatchId("bookworm", "nginx", "2");
    private static final PatchId VIM = new PatchId("bookworm", "vim", "2");
    private static final Set<PatchClass> APPLICATIONS = Set.of(PatchClass.APPLICATION);

    private Pooled pool;
    private Outcomes outcomes;

    @BeforeEach
    void empty() {
        pool = new Pooled(DATABASE.get());
        Database database = pool.database();
        database.sql("truncate learning.outcomes, learning.tallies").update();
        outcomes = new Outcomes(database);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private List<Evidence> now() {
        return outcomes.now(APPLICATIONS).evidence().stream()
                .sorted(Comparator.comparing(Evidence::patch))
                .toList();
    }

    private Evidence of(PatchId patch) {
        return now().stream()
                .filter(each -> each.patch().equals(patch.toString()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingWasSeenInTheBeginning() {
        assertThat(outcomes.now(APPLICATIONS).evidence()).isEmpty();
        assertThat(outcomes.now(APPLICATIONS).snapshot()).contains(":");
    }

    @Test
    void theSameEndCountsOnce() {
        HostId host = HostId.random();
        outcomes.judged(ROLLOUT, host, List.of(CURL), "Done", false, NOW);
        outcomes.judged(ROLLOUT, host, List.of(CURL), "Done", false, NOW);
        assertThat(of(CURL).trials()).isEqualTo(1);
        assertThat(of(CURL).failures()).isZero();
    }

    @Test
    void aHostThatTurnsBadIsOneTrialAndOneFailure() {
        HostId host = HostId.random();
        outcomes.judged(ROLLOUT, host, List.of(CURL), "Done", false, NOW);
        outcomes.judged(ROLLOUT, host, List.of(CURL), "Unhealthy", true, NOW.plusSeconds(60));
        assertThat(of(CURL).trials()).isEqualTo(1);
        assertThat(of(CURL).failures()).isEqualTo(1);
        assertThat(outcomes.of(ROLLOUT)).containsExactly(new Outcomes.Judged(host, true));
    }

    @Test
    void theBlameIsSharedUntilTheCulpritIsFound() {
        HostId host = HostId.random();
        outcomes.judged(ROLLOUT, host, List.of(CURL, NGINX, VIM), "FailedInTwin", true, NOW);
        assertThat(of(CURL).failures()).isCloseTo(1.0 / 3, within(1e-8));
        outcomes.blamed(ROLLOUT, host, List.of(NGINX), NOW.plusSeconds(60));
        outcomes.blamed(ROLLOUT, host, List.of(NGINX), NOW.plusSeconds(60));
        assertThat(of(CURL).failures()).isZero();
        assertThat(of(NGINX).failures()).isEqualTo(1);
        assertThat(of(VIM).trials()).isEqualTo(1);
    }

    @Test
    void anEarlierSnapshotSeesWhatWasThereThen() {
        outcomes.judged(ROLLOUT, HostId.random(), List.of(CURL, NGINX), "Restored", true, NOW);
        Outcomes.Snapshot then = outcomes.now(APPLICATIONS);
        outcomes.judged(ROLLOUT, HostId.random(), List.of(CURL), "Done", false, NOW);
        assertThat(outcomes.asOf(then.snapshot(), APPLICATIONS))
                .containsExactlyInAnyOrderElementsOf(then.evidence());
        assertThat(outcomes.asOf(outcomes.now(APPLICATIONS).snapshot(), APPLICATIONS))
                .containsExactlyInAnyOrderElementsOf(now());
    }

    @Test
    void anotherClassIsNotAskedAbout() {
        outcomes.judged(
                ROLLOUT,
                HostId.random(),
                List.of(new PatchId("bookworm", "linux", "6")),
                "Done",
                false,
                NOW);
        assertThat(now()).isEmpty();
        assertThat(outcomes.now(Set.of(PatchClass.KERNEL)).evidence()).hasSize(1);
    }

    @Test
    void outcomesAreAppendOnly() {
        outcomes.judged(ROLLOUT, HostId.random(), List.of(CURL), "Done", false, NOW);
        assertThatThrownBy(
                        () ->
                                pool.database()
                                        .sql("update learning.outcomes set trials = 0")
                                        .update())
                .hasMessageContaining("append-only");
        assertThatThrownBy(() -> pool.database().sql("delete from learning.outcomes").update())
                .hasMessageContaining("append-only");
    }
}
