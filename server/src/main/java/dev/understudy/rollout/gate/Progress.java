package dev.understudy.rollout.gate;

/// How far the test of one stratum has come: its standing with all that was recorded.
///
/// @param exposed hosts that were given the patch
public record Progress(WavePlan plan, Standing standing, int exposed, Phase phase) {
    public enum Phase {
        /// The patch has not proved itself yet.
        PROVING,
        /// A person has to decide.
        ASKING,
        ACCEPTED,
        HALTED
    }

    static Progress start(WavePlan plan) {
        return new Progress(plan, plan.start(), 0, Phase.PROVING);
    }

    /// Whether too many failed already.
    public boolean halts() {
        return phase == Phase.HALTED || plan.halts(standing);
    }

    /// What the test asks for now; what was accepted stays so until too many fail.
    public Step step() {
        if (halts()) {
            return new Step.Halt();
        }
        return switch (phase) {
            case PROVING -> plan.next(standing, exposed);
            case ASKING -> new Step.Ask();
            case ACCEPTED -> new Step.Accept();
            case HALTED -> new Step.Halt();
        };
    }

    /// With one more line of the record.
    Progress with(Entry entry) {
        return switch (entry) {
            case Entry.WaveBegan(_, _, int hosts) -> began(hosts);
            case Entry.Judged judged -> judged(judged.sampled(), judged.outcome());
            case Entry.Decided(_, _, _, _, Step step) -> decided(step);
            case Entry.Contrasted _, Entry.Shared _, Entry.SoaksAgain _ -> this;
            case Entry.PersonAccepted _ -> phase == Phase.HALTED ? this : in(Phase.ACCEPTED);
        };
    }

    private Progress began(int hosts) {
        Standing under =
                phase == Phase.ACCEPTED ? standing.towards(standing.judged() + hosts) : standing;
        return new Progress(plan, under, exposed + hosts, phase);
    }

    private Progress judged(boolean sampled, Entry.Outcome outcome) {
        boolean counts = sampled || phase == Phase.ACCEPTED;
        Standing after =
                switch (outcome) {
                    case GOOD -> counts ? standing.with(1, 0) : standing;
                    case FAILED -> counts ? standing.with(0, 1) : standing.withFailures(1);
                    case FAILED_LATER -> standing.withFailures(1);
                    case DISTURBED, LEFT_OUT -> standing;
                };
        return new Progress(plan, after, exposed, phase);
    }

    private Progress decided(Step step) {
        return switch (step) {
            case Step.Halt _ -> in(Phase.HALTED);
            case Step.Accept _ -> in(Phase.ACCEPTED);
            case Step.Ask _ -> in(Phase.ASKING);
            case Step.Sample sample ->
                    new Progress(plan, WavePlan.after(standing, sample), exposed, phase);
        };
    }

    private Progress in(Phase next) {
        return new Progress(plan, standing, exposed, next);
    }

    /// Where the test stands, in a sentence.
    public String sentence() {
        String seen =
                "%d hosts were judged and %d failed"
                        .formatted(standing.judged(), standing.failed());
        return switch (phase) {
            case PROVING ->
                    halts()
                            ? "%s: from %d on, a patch that breaks no more than %s of hosts does not explain it."
                                    .formatted(
                                            seen,
                                            plan.bound()
                                                    .haltAt(
                                                            Math.max(
                                                                    standing.judged(),
                                                                    standing.target())),
                                            Bound.percent(plan.bound().harmless()))
                            : "%s; the next decision is at %d.".formatted(seen, standing.target());
            case ASKING ->
                    "%s, which neither clears nor convicts the patch, and the limit of %s of hosts allows no larger sample."
                            .formatted(seen, Bound.percent(plan.bound().limit()));
            case ACCEPTED -> seen + "; the patch is accepted.";
            case HALTED -> seen + "; the patch is halted.";
        };
    }
}
