package dev.understudy.governance;

import dev.understudy.protocol.OrderBody.RebootPolicy;
import java.time.Duration;
import java.util.Objects;

/// How the hosts of one group are patched.
///
/// @param canaries how many hosts the first wave has
/// @param soak how long a host must stay healthy after a patch before it counts as good
/// @param percentPerWave how much of the group each later wave takes, rounded up to one host
/// @param proof what rollouts have to prove; as usual for a policy from before there was a choice
/// @param trials who rehearses first; likewise
public record Policy(
        String group,
        Autonomy autonomy,
        int canaries,
        Duration soak,
        int percentPerWave,
        RebootPolicy reboot,
        Proof proof,
        Trials trials) {
    private static final Duration LONGEST_SOAK = Duration.ofDays(30);

    public Policy {
        proof = Objects.requireNonNullElse(proof, Proof.USUAL);
        trials = Objects.requireNonNullElse(trials, Trials.USUAL);
        require(!group.isBlank(), "group", group, "a name");
        require(canaries >= 1 && canaries <= 1000, "canaries", canaries, "1 to 1000");
        require(
                !soak.isNegative() && soak.compareTo(LONGEST_SOAK) <= 0,
                "soak",
                soak,
                "PT0S to P30D");
        require(
                percentPerWave >= 1 && percentPerWave <= 100,
                "percentPerWave",
                percentPerWave,
                "1 to 100");
    }

    /// Every host rehearses first.
    public Policy(
            String group,
            Autonomy autonomy,
            int canaries,
            Duration soak,
            int percentPerWave,
            RebootPolicy reboot,
            Proof proof) {
        this(group, autonomy, canaries, soak, percentPerWave, reboot, proof, Trials.USUAL);
    }

    /// With the usual proof.
    public Policy(
            String group,
            Autonomy autonomy,
            int canaries,
            Duration soak,
            int percentPerWave,
            RebootPolicy reboot) {
        this(group, autonomy, canaries, soak, percentPerWave, reboot, Proof.USUAL);
    }

    /// What holds for a group that nobody decided about: look, and touch nothing.
    public static Policy undecided(String group) {
        return new Policy(
                group, Autonomy.OBSERVE, 1, Duration.ofMinutes(5), 25, RebootPolicy.NEVER);
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "%s is '%s'; expected %s".formatted(name, value, expected));
        }
    }
}
