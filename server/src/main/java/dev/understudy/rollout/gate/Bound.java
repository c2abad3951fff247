package dev.understudy.rollout.gate;

import java.math.BigDecimal;
import java.math.MathContext;

/// What is promised of a rollout: a patch that breaks at least `harmful` of the hosts reaches more
/// than `limit` of them with a probability of at most `miss`; and what that may cost: a patch that
/// breaks no more than `harmless` is halted with a probability of at most `falseHalt`.
///
/// All are fractions of 1. Formulas and usual values: A. Wald, Sequential Analysis (1947).
///
/// @param shown the share of all failures that is taken to show within the soak; what shows later
///   is outside of the promise where this is 1
public record Bound(
        double harmless,
        double harmful,
        double miss,
        double falseHalt,
        double limit,
        double shown) {
    /// 1 % of hosts may break, 5 % must not; wrong twice in a hundred, and in a thousand the other
    /// way; a tenth of the fleet.
    public static final Bound USUAL = new Bound(0.01, 0.05, 0.02, 0.002, 0.10, 1);

    public Bound {
        require(
                harmless > 0 && harmless < harmful && harmful < 1,
                "harmless and harmful",
                harmless);
        require(miss > 0 && miss < 0.5, "miss", miss);
        require(falseHalt > 0 && falseHalt < 0.5, "falseHalt", falseHalt);
        require(limit > 0 && limit < 1, "limit", limit);
        require(shown > 0 && shown <= 1, "shown", shown);
    }

    private static void require(boolean holds, String name, double value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "%s is %s; expected 0 < harmless < harmful < 1, miss and falseHalt below a half, a limit below 1 and shown up to 1"
                            .formatted(name, value));
        }
    }

    /// The same promise about patches that break at least `rate` of the hosts.
    public Bound against(double rate) {
        return new Bound(harmless, rate, miss, falseHalt, limit, shown);
    }

    /// How often a host of a harmless patch is seen to fail, at most.
    double goodRate() {
        return harmless * shown;
    }

    /// How often a host of a harmful patch is seen to fail, at least.
    double badRate() {
        return harmful * shown;
    }

    /// The logarithm of how much likelier `failed` failures among `judged` hosts are under a
    /// harmful patch than under a harmless one.
    double evidence(int judged, int failed) {
        double p0 = goodRate();
        double p1 = badRate();
        return failed * Math.log(p1 / p0) + (judged - failed) * Math.log((1 - p1) / (1 - p0));
    }

    /// The least number of failures among `judged` hosts that halts. By Ville's inequality a
    /// harmless patch ever gets there with a probability of at most `falseHalt`.
    public int haltAt(int judged) {
        double p0 = goodRate();
        double p1 = badRate();
        double stay = Math.log((1 - p0) / (1 - p1));
        double failures = (Math.log(1 / falseHalt) + judged * stay) / (Math.log(p1 / p0) + stay);
        return Math.max(1, (int) Math.ceil(failures - 1e-9));
    }

    /// How many of `hosts` may have the patch before it is accepted.
    public int budget(int hosts) {
        return (int) Math.floor(limit * hosts + 1e-9);
    }

    /// A fraction as people write it, such as `5 %`; to three digits.
    public static String percent(double fraction) {
        return BigDecimal.valueOf(fraction * 100)
                        .round(new MathContext(3))
                        .stripTrailingZeros()
                        .toPlainString()
                + " %";
    }

    /// The promise in a sentence.
    public String sentence() {
        return "The probability that a patch which breaks %s of hosts or more reaches more than %s of them is at most %s%s."
                .formatted(
                        percent(harmful),
                        percent(limit),
                        percent(miss),
                        shown == 1
                                ? "; failures that show only after the soak are outside of this"
                                : ", if %s of failures show within the soak"
                                        .formatted(percent(shown)));
    }
}
