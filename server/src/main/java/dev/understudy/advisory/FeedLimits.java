package dev.understudy.advisory;

/// How much a feed may hold, in bytes and documents: past it the feed is refused.
///
/// @param ratio how many times larger than packed anything may become
public record FeedLimits(
        long downloadBytes, long unpackedBytes, long documentBytes, int documents, int ratio) {

    /// Several times what the largest public feeds have.
    public static final FeedLimits USUAL =
            new FeedLimits(2L << 30, 16L << 30, 32L << 20, 2_000_000, 200);

    /// Packed content may always become this large, so that small files are not judged by ratio.
    static final long RATIO_FREE_BYTES = 8L << 20;

    long unpackedFrom(long packed) {
        return Math.min(unpackedBytes, Math.max(RATIO_FREE_BYTES, packed * ratio));
    }
}
