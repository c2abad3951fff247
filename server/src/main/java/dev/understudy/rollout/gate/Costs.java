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

    /// Expected harm in a day on an unpatched host, over the harm of a failed one: about the
    /// midpoint at which patching now and waiting cost the same (0.1 to 0.3 % a day).
    private static final double HAZARD_PER_DAY = 0.002;

    public static final Costs USUAL = new Costs(LEAST_WAVE, ASKING);

    public Costs {
        if (!(wave > 0) || !(ask > 0)) {
            throw new IllegalArgumentException(
                    "a wave costs %s and asking %s; expected more than nothing"
                            .formatted(wave, ask));
        }
    }

    /// For a wave that soaks for `soak` while `hosts` wait unpatched.
    public static Costs of(Duration soak, int hosts) {
        double waiting = HAZARD_PER_DAY * hosts * soak.toMinutes() / Duration.ofDays(1).toMinutes();
        double wave = Math.max(LEAST_WAVE, waiting);
        return new Costs(wave, Math.max(ASKING, 10 * wave));
    }
}
