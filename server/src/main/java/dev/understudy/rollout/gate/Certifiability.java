package dev.understudy.rollout.gate;

/// Whether so many hosts can prove a patch at all.
public sealed interface Certifiability {
    /// They can, by this plan.
    record Certifiable(WavePlan plan) implements Certifiability {}

    /// Even a sample without any failure would prove too little before the limit is reached.
    ///
    /// @param budget how many hosts may have the patch before it is accepted
    /// @param leastHosts from how many hosts on it could be certified
    /// @param leastHarmful the least share of broken hosts that could be told apart here; 1 if none
    record NotCertifiable(Bound bound, int hosts, int budget, int leastHosts, double leastHarmful)
            implements Certifiability {

        /// Why not, and what would make it so.
        public String sentence() {
            String bigger =
                    leastHarmful >= 1
                            ? ""
                            : "; or a bound against patches that break %s of hosts instead of %s"
                                    .formatted(
                                            Bound.percent(leastHarmful),
                                            Bound.percent(bound.harmful()));
            return "Not certifiable: of %d hosts only %d may have the patch before it is accepted, too few to tell a patch that breaks %s of hosts with a probability of %s. What would make it so: %d hosts or more (more groups in one rollout)%s; or a person's word."
                    .formatted(
                            hosts,
                            budget,
                            Bound.percent(bound.harmful()),
                            Bound.percent(1 - bound.miss()),
                            leastHosts,
                            bigger);
        }
    }
}
