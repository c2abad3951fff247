package dev.understudy.fleetsim.policy;

/// What the simulation takes for granted. Arrivals, packages, which notices break something, when
/// the vendor repairs them and how likely they are exploited are not here: they are the real ones
/// of Ubuntu 18.04, 2018 to 2023 ([dev.understudy.fleetsim.Notices]).
///
/// What no source says is a judgement, marked so, and varied in the table of sensitivity.
///
/// @param hosts of the fleet, in one group. Judgement.
/// @param days how long the fleet is looked at
/// @param regressions which part of the real regressions are kept: 1 is the real rate of the
///   notices that concern these images (7 %; of all notices 4 %, of Debian's DSA 1.7 to 3.2 %, DLA
///   3.9 %, Li and Paxson 2017 nearly 5 %: AI-EVIDENCE.md §2)
/// @param leastBroken the share of hosts that a bad patch breaks is drawn log-uniformly from here
///   up to `mostBroken`. Judgement: no source says; the gate itself believes 5 % or a half.
/// @param rho how alike hosts of one configuration fail (beta-binomial). Judgement; AI-EVIDENCE.md
///   §3 asks for it, bench/gate tries 0 to 0.1.
/// @param atOnce the share of bad patches whose failures show at once; those of the others show on
///   each host after a delay by the lag curve of Debian's regressions (AI-EVIDENCE.md §3, P3).
///   Judgement.
/// @param visible the share of bad patches that fail at once and do so on a twin, too; of seven
///   ways to fail in our own drills six do (`bars/2-drills`). Judgement, lower than that.
/// @param twin how often a host that such a patch breaks shows it on its twin. Judgement.
/// @param chance the share of hosts that any patch breaks, good or bad, because of something of
///   their own. Judgement.
/// @param person hours until a person decides about what the machine asks. Judgement.
/// @param repair hours until people have repaired a broken host that nothing puts back. Judgement.
/// @param culprit how often a failure on a real host leads to the right patch of several; else all
///   of them are suspects (Gandalf, NSDI 2020: 92 to 95 % precise). Judgement.
public record Assumptions(
        int hosts,
        int days,
        double regressions,
        double leastBroken,
        double mostBroken,
        double rho,
        double atOnce,
        double visible,
        double twin,
        double chance,
        double person,
        double repair,
        double culprit) {
    public static final Assumptions USUAL =
            new Assumptions(2_000, 365, 1, 0.01, 1, 0.1, 0.5, 0.5, 0.9, 0.0002, 24, 24, 0.8);

    public Assumptions {
        boolean shares =
                share(regressions)
                        && share(rho)
                        && rho < 1
                        && share(atOnce)
                        && share(visible)
                        && share(twin)
                        && share(chance)
                        && share(culprit)
                        && share(mostBroken)
                        && leastBroken > 0
                        && leastBroken <= mostBroken;
        if (!shares || hosts < 1 || days < 1 || person < 0 || repair < 0) {
            throw new IllegalArgumentException(
                    "%d hosts for %d days, regressions %s, broken %s to %s, rho %s, at once %s, visible %s, twin %s, chance %s, person %s h, repair %s h, culprit %s; expected shares from 0 to 1, at least a host and a day, and no negative times"
                            .formatted(
                                    hosts,
                                    days,
                                    regressions,
                                    leastBroken,
                                    mostBroken,
                                    rho,
                                    atOnce,
                                    visible,
                                    twin,
                                    chance,
                                    person,
                                    repair,
                                    culprit));
        }
    }

    private static boolean share(double value) {
        return value >= 0 && value <= 1;
    }

    Assumptions hosts(int other) {
        return new Assumptions(
                other,
                days,
                regressions,
                leastBroken,
                mostBroken,
                rho,
                atOnce,
                visible,
                twin,
                chance,
                person,
                repair,
                culprit);
    }

    Assumptions days(int other) {
        return new Assumptions(
                hosts,
                other,
                regressions,
                leastBroken,
                mostBroken,
                rho,
                atOnce,
                visible,
                twin,
                chance,
                person,
                repair,
                culprit);
    }

    Assumptions regressions(double other) {
        return new Assumptions(
                hosts,
                days,
                other,
                leastBroken,
                mostBroken,
                rho,
                atOnce,
                visible,
                twin,
                chance,
                person,
                repair,
                culprit);
    }

    Assumptions broken(double least, double most) {
        return new Assumptions(
                hosts,
                days,
                regressions,
                least,
                most,
                rho,
                atOnce,
                visible,
                twin,
                chance,
                person,
                repair,
                culprit);
    }

    Assumptions rho(double other) {
        return new Assumptions(
                hosts,
                days,
                regressions,
                leastBroken,
                mostBroken,
                other,
                atOnce,
                visible,
                twin,
                chance,
                person,
                repair,
                culprit);
    }

    Assumptions atOnce(double other) {
        return new Assumptions(
                hosts,
                days,
                regressions,
                leastBroken,
                mostBroken,
                rho,
                other,
                visible,
                twin,
                chance,
                person,
                repair,
                culprit);
    }

    Assumptions visible(double other) {
        return new Assumptions(
                hosts,
                days,
                regressions,
                leastBroken,
                mostBroken,
                rho,
                atOnce,
                other,
                twin,
                chance,
                person,
                repair,
                culprit);
    }

    Assumptions chance(double other) {
        return new Assumptions(
                hosts,
                days,
                regressions,
                leastBroken,
                mostBroken,
                rho,
                atOnce,
                visible,
                twin,
                other,
                person,
                repair,
                culprit);
    }

    Assumptions person(double other) {
        return new Assumptions(
                hosts,
                days,
                regressions,
                leastBroken,
                mostBroken,
                rho,
                atOnce,
                visible,
                twin,
                chance,
                other,
                repair,
                culprit);
    }
}
