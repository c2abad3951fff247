package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.time.Duration;
import java.time.InstantSource;

/// Deletes the records of old imports; of each feed the newest import of each outcome stays, since
/// it says where the data in force came from.
public final class ForgetImports implements Runnable {
    private final Database database;
    private final InstantSource clock;
    private final Duration kept;

    public ForgetImports(Database database, InstantSource clock, Duration kept) {
        this.database = database;
        this.clock = clock;
        this.kept = kept;
    }

    @Override
    public void run() {
        database.sql(
                        """
                        delete from advisory.imports i
                        where i.at < :before
                          and exists (select
                                      from advisory.imports newer
                                      where newer.feed = i.feed and newer.outcome = i.outcome
                                        and newer.id > i.id)
                        """)
                .param("before", FeedRows.sql(clock.instant().minus(kept)))
                .update();
    }
}
