package dev.understudy.rollout;

import dev.understudy.protocol.OrderBody.RebootPolicy;
import java.time.Duration;

/// The rules of one rollout, as its group's policy had them when it was started.
///
/// @param canaries how many hosts the first wave has
/// @param percentPerWave how many percent of the rollout's hosts each later wave has
/// @param soak how long a wave must stay healthy before the next one starts
public record Terms(
        boolean needsApproval,
        int canaries,
        int percentPerWave,
        Duration soak,
        RebootPolicy reboot) {
    public Terms {
        if (canaries < 1 || percentPerWave < 1 || percentPerWave > 100 || soak.isNegative()) {
            throw new IllegalArgumentException(
                    "%d canaries, %d %% per wave, a soak of %s: expected at least one canary, 1 to"
                                    .formatted(canaries, percentPerWave, soak)
                            + " 100 % per wave, and a soak that is not negative");
        }
    }

    /// Rules that satisfy both.
    public Terms strictest(Terms other) {
        return new Terms(
                needsApproval || other.needsApproval,
                Math.min(canaries, other.canaries),
                Math.min(percentPerWave, other.percentPerWave),
                soak.compareTo(other.soak) >= 0 ? soak : other.soak,
                reboot == RebootPolicy.NEVER ? reboot : other.reboot);
    }
}
