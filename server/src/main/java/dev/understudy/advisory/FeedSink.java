package dev.understudy.advisory;

/// Takes what a format reads, one record at a time.
public interface FeedSink {
    void accept(FeedRecord item);

    /// Counts documents, entries or lines of the file that were read whole: what a person would
    /// count in it. One may yield many records.
    void read(long documents);

    /// Counts a record that is not as its format says; a feed with more than a few is refused.
    void reject(String why);
}
