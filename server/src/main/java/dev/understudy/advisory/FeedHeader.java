package dev.understudy.advisory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a feed says of itself.
///
/// @param date as of when it is, by its own word; null where the format does not say
/// @param model version of the model or catalogue; empty where the format has none
/// @param note what people should know of it, though it may be used; empty if nothing
public record FeedHeader(@Nullable Instant date, String model, String note) {
    public FeedHeader(@Nullable Instant date, String model) {
        this(date, model, "");
    }
}
