package dev.understudy.risk;

import dev.understudy.fleet.Criticality;

/// The assumptions behind [Hazard]. They scale priorities and cost estimates; the order of patches
/// on one host does not depend on κ or on the controls.
///
/// @param kappa share of "exploited somewhere" that concerns one host of this fleet in the same 30
///   days; compare with your own incidents
/// @param control share of attacks that other controls stop
/// @param unscored probability for a CVE that no EPSS feed scores
/// @param exploited probability for a CVE that is known to be exploited: evidence supersedes EPSS;
///   below 1, so that the hazard stays finite
public record HazardSettings(double kappa, double control, double unscored, double exploited) {

    /// κ is a judgement, not a measurement. The unscored probability is the mean of all 296,610
    /// EPSS scores of 5 Oct 2025 (v4).
    public static final HazardSettings USUAL = new HazardSettings(0.01, 0, 0.036, 0.999);

    public HazardSettings {
        requireShare(kappa, "kappa", 1);
        requireShare(control, "control", 1);
        requireShare(unscored, "unscored", Math.nextDown(1.0));
        requireShare(exploited, "exploited", Math.nextDown(1.0));
    }

    private static void requireShare(double value, String name, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException(
                    "%s is %s; expected 0 to %s".formatted(name, value, most));
        }
    }

    /// Relative loss: each step hurts about three times as much as the one before.
    double loss(Criticality criticality) {
        return switch (criticality) {
            case LOW -> 1;
            case MEDIUM -> 3;
            case HIGH -> 10;
            case VERY_HIGH -> 30;
        };
    }
}
