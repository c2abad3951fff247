package dev.understudy.bench.gate;

import dev.understudy.rollout.gate.Bound;
import dev.understudy.rollout.gate.Standing;
import dev.understudy.rollout.gate.Step;
import dev.understudy.rollout.gate.WavePlan;
import java.util.List;
import org.apache.commons.statistics.distribution.BetaDistribution;

/// A way to roll a patch out, to be judged by how it does.
interface Schedule {

    /// How a rollout ended.
    ///
    /// @param waves how many waves there were
    record Ended(End end, int waves) {}

    enum End {
        COMPLETED,
        HALTED,
        ASKED
    }

    Ended run(Patched fleet);

    /// The server's own gate, by its plan, with half of the fleet a wave once it has accepted.
    record Certified(WavePlan plan, double soak) implements Schedule {
        @Override
        public Ended run(Patched fleet) {
            Standing now = plan.start();
            int waves = 0;
            Step step = plan.next(now, fleet.exposed());
            while (step instanceof Step.Sample(int hosts, int target)) {
                now = now.towards(target);
                now = judged(now, hosts, fleet.wave(hosts, soak));
                waves++;
                step = plan.next(now, fleet.exposed());
            }
            return switch (step) {
                case Step.Halt _ -> new Ended(End.HALTED, waves);
                case Step.Ask _ -> new Ended(End.ASKED, waves);
                case Step.Sample _, Step.Accept _ -> rest(fleet, now, waves);
            };
        }

        private Ended rest(Patched fleet, Standing accepted, int before) {
            Standing now = accepted;
            int waves = before;
            while (fleet.left() > 0) {
                int hosts = Math.min(fleet.left(), Math.ceilDiv(fleet.hosts(), 2));
                now = now.towards(now.judged() + hosts);
                now = judged(now, hosts, fleet.wave(hosts, soak));
                waves++;
                if (plan.halts(now)) {
                    return new Ended(End.HALTED, waves);
                }
            }
            return new Ended(End.COMPLETED, waves);
        }

        /// So many hosts more were judged, and so many failures showed, of whichever hosts.
        private static Standing judged(Standing now, int hosts, int failures) {
            return now.with(hosts, 0).withFailures(failures);
        }
    }

    /// Shares of the fleet, each wave halted when more than a share of its hosts failed.
    record Fixed(List<Double> shares, double most) implements Schedule {
        static final List<Double> USUAL = List.of(0.01, 0.1, 0.5, 1.0);

        @Override
        public Ended run(Patched fleet) {
            int waves = 0;
            for (double share : shares) {
                int size = (int) Math.ceil(share * fleet.hosts() - 1e-9) - fleet.exposed();
                int failed = fleet.wave(size, 1);
                waves++;
                if (failed > most * size) {
                    return new Ended(End.HALTED, waves);
                }
            }
            return new Ended(End.COMPLETED, waves);
        }
    }

    /// Rings of growing size, halted by a rule about all hosts so far; the absence of a halt lets
    /// the next one start.
    record Rings(int first, double growth, Rule rule) implements Schedule {
        /// Whether so many failures among so many hosts halt.
        interface Rule {
            boolean halts(int hosts, int failed);
        }

        @Override
        public Ended run(Patched fleet) {
            int waves = 0;
            double size = first;
            while (fleet.left() > 0) {
                fleet.wave((int) Math.round(size) - (waves == 0 ? 0 : fleet.exposed()), 1);
                waves++;
                size *= growth;
                if (rule.halts(fleet.exposed(), fleet.failed())) {
                    return new Ended(End.HALTED, waves);
                }
            }
            return new Ended(End.COMPLETED, waves);
        }

        static Rule sprt(Bound bound) {
            double p0 = bound.harmless();
            double p1 = bound.harmful();
            return (hosts, failed) ->
                    failed * Math.log(p1 / p0) + (hosts - failed) * Math.log((1 - p1) / (1 - p0))
                            >= Math.log((1 - 0.05) / 0.05);
        }

        /// A Beta(1, 30) prior; halted when more than 3 % broken is likelier than not.
        static Rule posterior() {
            return (hosts, failed) ->
                    BetaDistribution.of(1.0 + failed, 30.0 + hosts - failed)
                                    .survivalProbability(0.03)
                            > 0.5;
        }

        /// A mixture of Beta(1, 1), cut at `p0`, against at most `p0`: any-time valid by Ville.
        static Rule eProcess(double p0, double alpha) {
            return (hosts, failed) -> {
                double posterior =
                        BetaDistribution.of(1.0 + failed, 1.0 + hosts - failed)
                                .survivalProbability(p0);
                double log =
                        logBeta(1.0 + failed, 1.0 + hosts - failed)
                                + Math.log(Math.max(posterior, 1e-300))
                                - Math.log(1 - p0)
                                - failed * Math.log(p0)
                                - (hosts - failed) * Math.log(1 - p0);
                return log >= Math.log(1 / alpha);
            };
        }

        private static double logBeta(double a, double b) {
            return org.apache.commons.numbers.gamma.LogBeta.value(a, b);
        }
    }

    /// 20, 60, 120 and 200 hosts by Wald's boundaries, which must accept; then 800 and the rest.
    record AcceptRings(Bound bound, double miss, double falseHalt) implements Schedule {
        private static final int[] LOOKS = {20, 60, 120, 200};

        @Override
        public Ended run(Patched fleet) {
            int waves = 0;
            for (int look : LOOKS) {
                fleet.wave(look - fleet.exposed(), 1);
                waves++;
                double evidence = evidence(fleet.exposed(), fleet.failed());
                if (evidence >= Math.log((1 - miss) / falseHalt)) {
                    return new Ended(End.HALTED, waves);
                }
                if (evidence <= Math.log(miss / (1 - falseHalt))) {
                    fleet.wave(800 - fleet.exposed(), 1);
                    fleet.wave(fleet.left(), 1);
                    return new Ended(End.COMPLETED, waves + 2);
                }
            }
            return new Ended(End.ASKED, waves);
        }

        private double evidence(int hosts, int failed) {
            double p0 = bound.harmless();
            double p1 = bound.harmful();
            return failed * Math.log(p1 / p0) + (hosts - failed) * Math.log((1 - p1) / (1 - p0));
        }
    }
}
