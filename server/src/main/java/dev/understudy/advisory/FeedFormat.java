package dev.understudy.advisory;

import java.io.IOException;
import java.time.Duration;

/// A published format that can be imported. Reads as a stream: memory does not grow with the feed.
public interface FeedFormat {

    /// The word that feed names of this format start with (`osv` of `osv-debian`).
    String kind();

    /// Reads the whole file into `sink`. May also throw Jackson's exceptions for what is not JSON;
    /// call it through [FeedReader].
    FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException;

    /// A feed that lost more than this share of any kind of record is not believed.
    default double lossAllowed() {
        return 0.3;
    }

    /// A feed whose own date is older than this is stale: shown as such, and still in force.
    default Duration staleAfter() {
        return Duration.ofDays(30);
    }
}
