package dev.understudy.advisory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A feed as people see it.
///
/// @param url where the data in force came from
/// @param fetchedAt when the data in force was fetched; null while there is none
/// @param sourceDate as of when the data is, by the feed's own word
/// @param model version of the model or catalogue; empty if none
/// @param problem what was wrong the last time; empty if nothing was
public record FeedStatus(
        String name,
        State state,
        String url,
        @Nullable Instant checkedAt,
        @Nullable Instant fetchedAt,
        String sha256,
        @Nullable Instant sourceDate,
        String model,
        FeedCounts counts,
        String problem,
        @Nullable Instant problemAt) {

    /// Data that was in force stays so in every state.
    public enum State {
        /// Nothing was imported yet.
        EMPTY,
        /// The last check went well.
        IN_FORCE,
        /// What came last was refused.
        QUARANTINED,
        /// The last check could not reach it.
        UNREACHABLE
    }

    /// Whether there is data to decide by.
    public boolean inForce() {
        return fetchedAt != null;
    }

    /// The word that the name starts with.
    public String kind() {
        int dash = name.indexOf('-');
        return dash < 0 ? name : name.substring(0, dash);
    }
}
