package dev.understudy.advisory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A feed as people see it.
///
/// @param url where the data in force came from
/// @param fetchedAt when the data in force was fetched; null while there is none
/// @param sourceDate as of when the data is, by the feed's own word
/// @param model version of the model or catalogue; empty if none
/// @param read how many documents or lines the data in force has
/// @param problem what was wrong the last time, or that it is stale; empty if nothing is
/// @param note what is worth knowing though nothing is wrong; empty if nothing is
public record FeedStatus(
        String name,
        State state,
        String url,
        @Nullable Instant checkedAt,
        @Nullable Instant fetchedAt,
        String sha256,
        @Nullable Instant sourceDate,
        String model,
        long read,
        FeedCounts counts,
        String problem,
        @Nullable Instant problemAt,
        String note,
        @Nullable Instant noteAt) {

    /// Data that was in force stays so in every state.
    public enum State {
        /// Nothing was imported yet.
        EMPTY,
        /// The last check went well.
        IN_FORCE,
        /// The last check went well, but what the feed has is old.
        STALE,
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
        return kindOf(name);
    }

    static String kindOf(String name) {
        int dash = name.indexOf('-');
        return dash < 0 ? name : name.substring(0, dash);
    }

    FeedStatus stale(String why) {
        return new FeedStatus(
                name,
                State.STALE,
                url,
                checkedAt,
                fetchedAt,
                sha256,
                sourceDate,
                model,
                read,
                counts,
                why,
                checkedAt,
                note,
                noteAt);
    }
}
