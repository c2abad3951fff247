package dev.understudy.advisory;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/// The feeds over a test's database, for what lies on this machine.
public final class TestFeeds {
    private TestFeeds() {}

    public static Feeds on(Database database, InstantSource clock, FeedFormat... formats) {
        return new Feeds(
                database,
                new Outbox(database, clock),
                new AuditTrail(database, clock),
                new FetchFeed(FeedLimits.USUAL, new FeedSecrets(Path.of("none")), null),
                List.of(formats),
                clock,
                new Random(1));
    }
}
