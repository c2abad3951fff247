package dev.understudy.advisory;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What came of an import.
///
/// @param askedToWait how long the feed's server asked to be left alone; null if it did not
public record FeedImport(
        Outcome outcome, String sentence, FeedStatus status, @Nullable Duration askedToWait) {

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
