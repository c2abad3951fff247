package dev.understudy.learning;

/// The numbers of the hierarchical Beta–Binomial model. A change of any of them, or of how they are
/// used, is a new version; old forecasts are made again by the version that made them.
///
/// A version breaks a share θ of hosts, drawn for it from Beta(p·s, (1 − p)·s). So what hosts show
/// of one version says much about that version, and little about the next: n hosts count as n / (1 +
/// (n − 1)·ρ) with ρ = 1 / (s + 1). The mean p of a package on a configuration is shrunk towards that
/// of the package, that towards its class, and that towards the prior.
///
/// @param prior the share of hosts that a patch is believed to break before anything is known. With
///   s it makes 5 of 100 versions break 1 % of hosts or more and 3 break 5 %: regression updates
///   follow 2 to 4 % of Debian's advisories, nearly 5 % of security fixes hurt (Li and Paxson, 2017)
/// @param spread s: the larger, the more alike versions are
/// @param ofClass how many hosts' worth the prior weighs against what a class showed; and so on (20
///   to 50 by AI-EVIDENCE.md §2, here in hosts that count)
/// @param halfLife days after which what was seen counts half
record Model(
        int version,
        double prior,
        double spread,
        double ofClass,
        double ofPackage,
        double ofConfiguration,
        double halfLife) {
    static final Model CURRENT = new Model(1, 0.006, 2, 50, 30, 20, 180);

    /// @throws IllegalArgumentException if no such version ever was
    static Model version(int version) {
        if (version != CURRENT.version()) {
            throw new IllegalArgumentException(
                    "there is no model %d; this program knows %d"
                            .formatted(version, CURRENT.version()));
        }
        return CURRENT;
    }

    /// How many independent hosts `trials` hosts of one version count as.
    double effective(double trials) {
        double alike = 1 / (spread + 1);
        return trials <= 0 ? 0 : trials / (1 + (trials - 1) * alike);
    }

    /// What is left of evidence after so many whole days. `StrictMath`: the same everywhere.
    double remembered(long days) {
        return StrictMath.pow(0.5, Math.max(0, days) / halfLife);
    }
}
