package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes the records of one feed inside the transaction of its import; nobody sees them before it
/// commits. What a feed says twice is kept once.
final class FeedRows implements FeedSink {
    private static final int REJECTIONS_TOLD = 3;

    private final Database database;
    private final String feed;
    private final List<String> rejections = new ArrayList<>();
    private final RowBatch<FeedRecord.Advisory> advisories;
    private final RowBatch<FeedRecord.Fix> fixes;
    private final RowBatch<FeedRecord.Remedy> remedies;
    private final RowBatch<FeedRecord.Exploited> exploited;
    private final RowBatch<FeedRecord.Exploit> exploits;
    private final RowBatch<FeedRecord.Sighting> sightings;
    private final RowBatch<FeedRecord.Epss> epss;
    private final RowBatch<FeedRecord.Ssvc> ssvc;
    private final RowBatch<FeedRecord.Severity> severities;
    private long rejected;
    private long read;

    FeedRows(Database database, String feed) {
        this.database = database;
        this.feed = feed;
        FeedTables tables = new FeedTables(database, feed);
        this.advisories = tables.advisories();
        this.fixes = tables.fixes();
        this.remedies = tables.remedies();
        this.exploited = tables.exploited();
        this.exploits = tables.exploits();
        this.sightings = tables.sightings();
        this.epss = tables.epss();
        this.ssvc = tables.ssvc();
        this.severities = tables.severities();
    }

    /// Removes what the feed said before.
    void clear() {
        for (String statement :
                List.of(
                        "delete from advisory.advisories where feed = :feed",
                        "delete from advisory.fixed_versions where feed = :feed",
                        "delete from advisory.remedies where feed = :feed",
                        "delete from advisory.exploited where feed = :feed",
                        "delete from advisory.exploits where feed = :feed",
                        "delete from advisory.sightings where feed = :feed",
                        "delete from advisory.epss where feed = :feed",
                        "delete from advisory.ssvc where feed = :feed",
                        "delete from advisory.severities where feed = :feed")) {
            database.sql(statement).param("feed", feed).update();
        }
    }

    @Override
    public void accept(FeedRecord item) {
        switch (item) {
            case FeedRecord.Advisory it -> advisories.add(it);
            case FeedRecord.Fix it -> fixes.add(it);
            case FeedRecord.Remedy it -> remedies.add(it);
            case FeedRecord.Exploited it -> exploited.add(it);
            case FeedRecord.Exploit it -> exploits.add(it);
            case FeedRecord.Sighting it -> sightings.add(it);
            case FeedRecord.Epss it -> epss.add(it);
            case FeedRecord.Ssvc it -> ssvc.add(it);
            case FeedRecord.Severity it -> severities.add(it);
        }
    }

    @Override
    public void read(long documents) {
        read += documents;
    }

    @Override
    public void reject(String why) {
        rejected++;
        if (rejections.size() < REJECTIONS_TOLD) {
            rejections.add(why);
        }
    }

    /// Writes what is left and counts.
    FeedCounts finish() {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("advisories", advisories.finish());
        counts.put("fixes", fixes.finish());
        counts.put("remedies", remedies.finish());
        counts.put("exploited", exploited.finish());
        counts.put("exploits", exploits.finish());
        counts.put("sightings", sightings.finish());
        counts.put("epss", epss.finish());
        counts.put("ssvc", ssvc.finish());
        counts.put("severities", severities.finish());
        return new FeedCounts(counts);
    }

    /// How many documents or lines the file held, those that say the same as another included.
    long read() {
        return read;
    }

    long rejected() {
        return rejected;
    }

    /// The first few things that were rejected.
    String rejections() {
        return String.join("; ", rejections);
    }

    static @Nullable Timestamp sql(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }
}
