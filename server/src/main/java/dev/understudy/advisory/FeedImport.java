package dev.understudy.advisory;

/// What came of an import.
public record FeedImport(Outcome outcome, String sentence, FeedStatus status) {

    /// How it ended.
    public enum Outcome {
        IMPORTED,
        /// The same as what is in force.
        UNCHANGED,
        /// It was not as it should be; what was in force stays.
        REFUSED,
        UNREACHABLE
    }
}
