package dev.understudy.rollout.gate;

import java.time.Duration;

/// What waves are weighed by, in failed hosts: one wave more leaves the rest unpatched for another
/// soak; a larger wave breaks more hosts if the patch is bad.
///
/// @param wave what one more wave costs
/// @param ask what it costs to stop a harmless patch and ask a person
public record Costs(double wave, double ask) {
    /// A wave is never weighed less than this, however short its soak: hosts are patched in waves,
    /// not one by one.
    private static final double LEAST_WAVE = 1;

    /// Asking a person takes longer than most soaks, and people who are asked often stop looking.
    private static final double ASKING = 1000;

    /// What the compromise of a host costs, in failed hosts that were put back, for a relative loss
    /// of 1. For a host of medium criticality (3) that is the middle of the 30 to 90 at which
    /// patching a typical CVE now and waiting cost the same (AI-EVIDENCE.md §5).
    private static final double COMPROMISE = 20;

    public static final Costs USUAL = new Costs(LEAST_WAVE, ASKING);

    public Costs {
        if (!(wave > 0) || !(ask > 0)) {
            throw new IllegalArgumentException(
                    "a wave costs %s and asking %s; expected more than nothing"
                            .formatted(wave, ask));
        }
    }

    /// For a wave that soaks for `soak` while others wait unpatched.
    ///
    /// @param lossPerDay the hazard per day of each host that waits times its relative loss, summed
    ///   up
    public static Costs of(Duration soak, double lossPerDay) {
        double days = (double) soak.toSeconds() / Duration.ofDays(1).toSeconds();
        double wave = Math.max(LEAST_WAVE, COMPROMISE * lossPerDay * days);
        return new Costs(wave, Math.max(ASKING, 10 * wave));
    }
}
