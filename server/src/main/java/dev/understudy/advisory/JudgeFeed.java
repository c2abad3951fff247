package dev.understudy.advisory;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Decides whether what came may take the place of what is in force.
final class JudgeFeed {
    private static final Duration FUTURE_ALLOWED = Duration.ofDays(2);

    /// One bad record in a thousand is passed over; more is a wrong feed.
    private static final double REJECTIONS_ALLOWED = 0.001;

    private JudgeFeed() {}

    /// @throws FeedException where it may not
    static void judge(
            FeedStatus before, FeedHeader header, FeedCounts counts, FeedRows rows, Instant now)
            throws FeedException {
        long all = counts.total() + rows.rejected();
        if (rows.rejected() > all * REJECTIONS_ALLOWED) {
            throw new FeedException(
                    "%d of %d records are not as their format says: %s"
                            .formatted(rows.rejected(), all, rows.rejections()));
        }
        if (counts.total() == 0) {
            throw new FeedException("it holds no records");
        }
        Instant date = header.date();
        if (date == null) {
            return;
        }
        if (date.isAfter(now.plus(FUTURE_ALLOWED))) {
            throw new FeedException("it says that it is of %s, which is to come".formatted(date));
        }
        if (before.sourceDate() != null && date.isBefore(before.sourceDate())) {
            throw new FeedException(
                    "it is of %s, older than what is in force, of %s"
                            .formatted(date, before.sourceDate()));
        }
    }

    /// What it lost, where that is more than it may and a person accepts it; empty if it is not.
    ///
    /// @throws FeedException where nobody does
    static Optional<String> lost(
            FeedFormat format, FeedStatus before, FeedCounts counts, Feeds.Loss loss)
            throws FeedException {
        Optional<String> lost = counts.shrunkFrom(before.counts(), format.lossAllowed());
        if (lost.isPresent() && loss == Feeds.Loss.REFUSED) {
            throw new FeedException(lost.get());
        }
        return lost;
    }

    /// What to say of a feed that is in force and whose own date is long past; empty if it is not.
    static Optional<String> stale(FeedFormat format, FeedStatus status, Instant now) {
        Instant date = status.sourceDate() == null ? status.fetchedAt() : status.sourceDate();
        if (date == null || !date.plus(format.staleAfter()).isBefore(now)) {
            return Optional.empty();
        }
        return Optional.of(
                "It is stale: what is in force is of %s, more than %d days ago."
                        .formatted(date, format.staleAfter().toDays()));
    }
}
