package dev.understudy.governance;

/// What the rollouts of a group have to prove before they reach most of its hosts: a patch that
/// breaks `harmfulPercent` of hosts or more reaches more than `limitPercent` of them at most
/// `missPercent` times in a hundred.
///
/// @param harmlessPercent how many percent of hosts may break without the patch being to blame
/// @param falseHaltPercent how often a patch that breaks no more than that may be halted
/// @param shownPercent the share of failures that is taken to show within the soak
public record Proof(
        Gate gate,
        double harmlessPercent,
        double harmfulPercent,
        double missPercent,
        double falseHaltPercent,
        double limitPercent,
        double shownPercent) {
    /// What decides whether the next wave may start.
    public enum Gate {
        /// Any failure halts, and every host must be healthy.
        STRICT,
        /// A sequential test that must accept; where the hosts are too few for it, as `STRICT`.
        CERTIFIED,
        /// As `CERTIFIED`; where the hosts are too few, a person has to approve first.
        CERTIFIED_ONLY
    }

    public static final Proof USUAL = new Proof(Gate.CERTIFIED, 1, 5, 2, 0.2, 10, 100);

    /// No test; how rollouts were judged before there was one.
    public static final Proof STRICT = USUAL.by(Gate.STRICT);

    public Proof {
        within("harmlessPercent", harmlessPercent, 0.01, 50);
        within("harmfulPercent", harmfulPercent, 0.1, 90);
        within("missPercent", missPercent, 0.01, 49);
        within("falseHaltPercent", falseHaltPercent, 0.01, 49);
        within("limitPercent", limitPercent, 0.1, 99);
        within("shownPercent", shownPercent, 1, 100);
        if (harmlessPercent >= harmfulPercent) {
            throw new IllegalArgumentException(
                    "harmlessPercent is %s and harmfulPercent %s; expected less harm to be harmless"
                            .formatted(harmlessPercent, harmfulPercent));
        }
    }

    private static void within(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "%s is '%s'; expected %s to %s".formatted(name, value, least, most));
        }
    }

    public Proof by(Gate other) {
        return new Proof(
                other,
                harmlessPercent,
                harmfulPercent,
                missPercent,
                falseHaltPercent,
                limitPercent,
                shownPercent);
    }

    /// What satisfies both.
    public Proof strictest(Proof other) {
        double harmful = Math.min(harmfulPercent, other.harmfulPercent);
        double harmless = Math.min(harmlessPercent, other.harmlessPercent);
        return new Proof(
                strictest(gate, other.gate),
                harmless,
                harmful,
                Math.min(missPercent, other.missPercent),
                Math.max(falseHaltPercent, other.falseHaltPercent),
                Math.min(limitPercent, other.limitPercent),
                Math.min(shownPercent, other.shownPercent));
    }

    private static Gate strictest(Gate one, Gate other) {
        if (one == Gate.STRICT || other == Gate.STRICT) {
            return Gate.STRICT;
        }
        return one == Gate.CERTIFIED_ONLY ? one : other;
    }
}
