package dev.understudy.advisory;

/// Takes what a format reads, one record at a time.
public interface FeedSink {
    void accept(FeedRecord item);

    /// Counts a record that is not as its format says; a feed with more than a few is refused.
    void reject(String why);
}
