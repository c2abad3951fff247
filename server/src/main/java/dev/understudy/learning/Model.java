package dev.understudy.learning;

import org.apache.commons.numbers.gamma.LogBeta;

/// The numbers of the hierarchical Beta–Binomial model. A change of any of them, or of how they are
/// used, is a new version; old forecasts are made again by the version that made them.
///
/// A version is good or bad. A bad one breaks a share θ of hosts, drawn for it from Beta(alpha,
/// beta); under a good one hosts fail by chance only. How often versions are bad is counted in
/// versions, however many hosts each was on, and shrunk: that of a package on a configuration
/// towards that of the package, that towards its class, and that towards the prior.
///
/// @param prior how often a version is believed to be bad before anything is known: regression
///   updates follow 2 to 4 % of Debian's advisories, nearly 5 % of security fixes hurt (Li and
///   Paxson, 2017)
/// @param ofClass how many versions the prior weighs against what a class showed; and so on (20 to
///   50 by AI-EVIDENCE.md §2)
/// @param alpha with `beta` the law of the share that a bad version breaks: wide, a quarter on
///   average
/// @param chance the share of hosts believed to fail by chance, as if that came from `ofChance`
///   hosts
/// @param halfLife days after which what was seen counts half
record Model(
        int version,
        double prior,
        double ofClass,
        double ofPackage,
        double ofConfiguration,
        double alpha,
        double beta,
        double chance,
        double ofChance,
        double halfLife) {
    static final Model CURRENT = new Model(1, 0.03, 50, 30, 20, 0.5, 1.5, 0.0002, 5_000, 180);

    /// @throws IllegalArgumentException if no such version ever was
    static Model version(int version) {
        if (version != CURRENT.version()) {
            throw new IllegalArgumentException(
                    "there is no model %d; this program knows %d"
                            .formatted(version, CURRENT.version()));
        }
        return CURRENT;
    }

    /// What is left of evidence after so many whole days. `StrictMath`: the same everywhere.
    double remembered(long days) {
        return StrictMath.pow(0.5, Math.max(0, days) / halfLife);
    }

    /// The probability that a version is bad of which so many hosts failed among so many.
    ///
    /// @param before the same before any host had it
    /// @param byChance the share of hosts that fail by chance, at most
    double bad(double before, double hosts, double failures, double byChance) {
        if (hosts <= 0) {
            return before;
        }
        double failed = Math.min(hosts, failures);
        double well = hosts - failed;
        double ifBad = LogBeta.value(alpha + failed, beta + well) - LogBeta.value(alpha, beta);
        double rate = Math.min(byChance, failed / hosts);
        double ifGood =
                failed == 0 ? 0 : failed * StrictMath.log(rate) + well * StrictMath.log1p(-rate);
        double odds = before / (1 - before) * StrictMath.exp(Math.min(700, ifBad - ifGood));
        return odds / (1 + odds);
    }
}
