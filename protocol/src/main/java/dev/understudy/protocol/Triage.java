package dev.understudy.protocol;

import java.time.Duration;

/// That a host secures evidence of its present state before its first change: what runs, what it is
/// connected to, which kernel modules are loaded, what of the packages changed lately, and what the
/// journal says. Which evidence that is, the agent knows; it cannot be chosen from afar.
///
/// @param within how long that may take
/// @param mostBytes how large the bundle may become
/// @param mayFail whether the change goes on although nothing could be secured
public record Triage(Duration within, long mostBytes, boolean mayFail) {
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final long LARGEST = 1L << 30;

    public Triage {
        Require.present(within, "within");
        if (!within.isPositive() || within.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "within is %s; more than no time and at most %s is expected"
                            .formatted(within, LONGEST));
        }
        Require.atLeast(mostBytes, 1 << 16, "mostBytes");
        if (mostBytes > LARGEST) {
            throw new IllegalArgumentException(
                    "mostBytes is %d; at most %d is expected".formatted(mostBytes, LARGEST));
        }
    }
}
