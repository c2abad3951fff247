package dev.understudy.rollout;

import dev.understudy.governance.Proof;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import java.time.Duration;
import java.util.Objects;

/// The rules of one rollout, as its group's policy had them when it was started.
///
/// @param canaries how many hosts the first wave has
/// @param percentPerWave how many percent of the rollout's hosts each later wave has
/// @param soak how long a wave must stay healthy before the next one starts
/// @param proof what it has to prove; a rollout from before there was a choice is judged strictly
public record Terms(
        boolean needsApproval,
        int canaries,
        int percentPerWave,
        Duration soak,
        RebootPolicy reboot,
        Proof proof) {
    public Terms {
        proof = Objects.requireNonNullElse(proof, Proof.STRICT);
        if (canaries < 1 || percentPerWave < 1 || percentPerWave > 100 || soak.isNegative()) {
            throw new IllegalArgumentException(
                    "%d canaries, %d %% per wave, a soak of %s: expected at least one canary, 1 to"
                                    .formatted(canaries, percentPerWave, soak)
                            + " 100 % per wave, and a soak that is not negative");
        }
    }

    /// Rules that satisfy both. Where one asks for a certificate or a person, and the other for no
    /// failure at all, no failure is tolerated and a person has to approve.
    public Terms strictest(Terms other) {
        return new Terms(
                needsApproval || other.needsApproval || alone(other) || other.alone(this),
                Math.min(canaries, other.canaries),
                Math.min(percentPerWave, other.percentPerWave),
                soak.compareTo(other.soak) >= 0 ? soak : other.soak,
                reboot == RebootPolicy.NEVER ? reboot : other.reboot,
                proof.strictest(other.proof));
    }

    private boolean alone(Terms other) {
        return proof.gate() == Proof.Gate.CERTIFIED_ONLY && other.proof.gate() == Proof.Gate.STRICT;
    }
}
