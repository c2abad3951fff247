package dev.understudy.risk;

/// How much was worked out since the start, to see what a change costs.
///
/// @param matched how often what kinds of hosts lack was matched
/// @param ranked how often the patches of kinds of hosts were ranked
public record AssessmentWork(long matched, long ranked) {
    /// What came since `before`.
    public AssessmentWork since(AssessmentWork before) {
        return new AssessmentWork(matched - before.matched(), ranked - before.ranked());
    }
}
