package dev.understudy.rollout;

import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policy;
import dev.understudy.governance.Proof;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.gate.Entry;
import java.time.Duration;
import java.util.List;

/// Rollouts over hosts of one group that have to prove themselves.
abstract class ProvenLoopTest extends LoopTest {
    /// Coarse enough for twenty hosts: most of the hosts broken is harmful, a tenth is not.
    static final Proof COARSE = new Proof(Proof.Gate.CERTIFIED, 10, 60, 5, 5, 40, 100);

    static final Proof STRICT = Proof.USUAL.by(Proof.Gate.STRICT);

    ProvenLoopTest(TestDatabase source) {
        super(source);
    }

    final void fleet(Proof proof, int hosts) {
        fleet(proof, Autonomy.AUTOMATIC, Duration.ofMinutes(2), hosts);
    }

    final void fleet(Proof proof, Autonomy autonomy, Duration soak, int hosts) {
        for (int i = 0; i < hosts; i++) {
            world.agent("web-" + i, "curl");
        }
        world.policies.put(
                "token:alice",
                new Policy("web", autonomy, 1, soak, 50, RebootPolicy.WHEN_NEEDED, proof));
    }

    /// The record of the newest rollout.
    final List<Entry> entries() {
        return world.module.certificates().entries(world.newest().id());
    }

    final List<Entry.Judged> judged(Entry.Outcome outcome) {
        return entries().stream()
                .filter(Entry.Judged.class::isInstance)
                .map(Entry.Judged.class::cast)
                .filter(entry -> entry.outcome() == outcome)
                .toList();
    }
}
