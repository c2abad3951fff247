package dev.understudy.rollout.gate;

/// Where the test of one stratum stands.
///
/// @param judged hosts of the sample that were judged, good or bad
/// @param failed failures among them, and among the canaries
/// @param target how many hosts of the sample are to be judged before the next decision
public record Standing(int judged, int failed, int target) {
    public Standing {
        if (judged < 0 || failed < 0 || target < 0) {
            throw new IllegalArgumentException(
                    "%d judged, %d failed, target %d".formatted(judged, failed, target));
        }
    }

    /// After `good` more hosts of the sample proved good and `bad` failed.
    public Standing with(int good, int bad) {
        return new Standing(judged + good + bad, failed + bad, target);
    }

    /// After failures of hosts that had counted as good, or that are not of the sample.
    public Standing withFailures(int more) {
        return new Standing(judged, failed + more, target);
    }

    public Standing towards(int next) {
        return new Standing(judged, failed, next);
    }
}
