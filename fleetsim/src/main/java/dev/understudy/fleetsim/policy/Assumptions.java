package dev.understudy.fleetsim.policy;

import java.util.function.Consumer;

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
        return with(draft -> draft.hosts = other);
    }

    Assumptions days(int other) {
        return with(draft -> draft.days = other);
    }

    Assumptions regressions(double other) {
        return with(draft -> draft.regressions = other);
    }

    Assumptions broken(double least, double most) {
        return with(
                draft -> {
                    draft.leastBroken = least;
                    draft.mostBroken = most;
                });
    }

    Assumptions rho(double other) {
        return with(draft -> draft.rho = other);
    }

    Assumptions atOnce(double other) {
        return with(draft -> draft.atOnce = other);
    }

    Assumptions visible(double other) {
        return with(draft -> draft.visible = other);
    }

    Assumptions chance(double other) {
        return with(draft -> draft.chance = other);
    }

    Assumptions person(double other) {
        return with(draft -> draft.person = other);
    }

    /// The same but for what `change` does.
    private Assumptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.made();
    }

    /// Assumptions that are still being put together.
    private static final class Draft {
        private int hosts;
        private int days;
        private double regressions;
        private double leastBroken;
        private double mostBroken;
        private double rho;
        private double atOnce;
        private double visible;
        private double twin;
        private double chance;
        private double person;
        private double repair;
        private double culprit;

        Draft(Assumptions from) {
            hosts = from.hosts;
            days = from.days;
            regressions = from.regressions;
            leastBroken = from.leastBroken;
            mostBroken = from.mostBroken;
            rho = from.rho;
            atOnce = from.atOnce;
            visible = from.visible;
            twin = from.twin;
            chance = from.chance;
            person = from.person;
            repair = from.repair;
            culprit = from.culprit;
        }

        Assumptions made() {
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
                    person,
                    repair,
                    culprit);
        }
    }
}
