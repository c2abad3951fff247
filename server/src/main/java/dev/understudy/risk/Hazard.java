package dev.understudy.risk;

import java.util.List;

/// The rate at which leaving a patch out is expected to hurt a host, with every factor shown: `h =
/// κ · reach · (1 − control) · (−ln(1 − p)) / 30` per day, and `priority = h · loss / effort`.
///
/// @param probability p = 1 − Π(1 − p_cve): exploitation of any of its CVEs, anywhere, in 30 days
/// @param kappa how much of "anywhere" concerns this fleet; an assumption, set in [HazardSettings]
/// @param reach how much of the fixed code an attacker can get at on this host, 0 to 1
/// @param control share of attacks that other controls stop, 0 to 1
/// @param perDay the hazard h
/// @param loss relative loss if the host is compromised
/// @param effort relative effort of installing the patch
public record Hazard(
        double probability,
        double kappa,
        Reach reach,
        double control,
        double perDay,
        double loss,
        double effort) {
    static final double WINDOW_DAYS = 30;

    /// The formula itself.
    static Hazard of(
            List<Double> probabilities,
            double kappa,
            Reach reach,
            double control,
            double loss,
            double effort) {
        double none = 1;
        for (double p : probabilities) {
            if (!(p >= 0 && p < 1)) {
                throw new IllegalArgumentException(
                        "a probability of %s; expected 0 up to, not including, 1".formatted(p));
            }
            none *= 1 - p;
        }
        double rate = kappa * reach.factor() * (1 - control) * -Math.log(none) / WINDOW_DAYS;
        return new Hazard(1 - none, kappa, reach, control, Math.max(0, rate), loss, effort);
    }

    public double priority() {
        return perDay * loss / effort;
    }
}
