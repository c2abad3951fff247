package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What happened in each rollout, in sentences, for people to follow.
public final class Diary {
    private final Database database;
    private final InstantSource clock;

    public Diary(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// One thing that happened; `host` is null where it concerns the rollout itself.
    public record Entry(long id, Instant at, @Nullable HostId host, String what, String sentence) {}

    /// The first `limit` entries after number `after`, oldest first.
    public List<Entry> after(RolloutId rollout, long after, int limit) {
        return database.sql(
                        """
                        select id, at, host, what, sentence
                        from rollout.diary
                        where rollout = :rollout and id > :after
                        order by id
                        limit :limit
                        """)
                .param("rollout", rollout.value())
                .param("after", after)
                .param("limit", limit)
                .query(
                        (row, _) -> {
                            UUID host = row.getObject("host", UUID.class);
                            return new Entry(
                                    row.getLong("id"),
                                    Stored.instant(row, "at"),
                                    host == null ? null : new HostId(host),
                                    row.getString("what"),
                                    row.getString("sentence"));
                        })
                .list();
    }

    /// The step that each host last told of, since it last changed its state.
    Map<HostId, String> progress(RolloutId rollout) {
        Map<HostId, String> progress = new HashMap<>();
        database.sql(
                        """
                        select distinct on (host) host, what, sentence
                        from rollout.diary
                        where rollout = :rollout
                          and host is not null
                          and what not in ('Investigating', 'Investigated', 'Suspected', 'HostsOwn')
                        order by host, id desc
                        """)
                .param("rollout", rollout.value())
                .query(
                        (row, _) -> {
                            if (row.getString("what").equals("Progress")) {
                                progress.put(
                                        new HostId(row.getObject("host", UUID.class)),
                                        row.getString("sentence"));
                            }
                            return true;
                        })
                .list();
        return progress;
    }

    /// When the newest wave began to be patched, went on after a pause, or began to soak again.
    Optional<Instant> newestWave(RolloutId rollout) {
        Optional<Instant> again = newest(rollout, "SoaksAgain");
        return newest(rollout, "Running")
                .map(running -> again.filter(running::isBefore).orElse(running));
    }

    /// When the rollout itself was last noted to be so.
    Optional<Instant> newest(RolloutId rollout, String what) {
        return database.sql(
                        """
                        select at
                        from rollout.diary
                        where rollout = :rollout and host is null and what = :what
                        order by id desc
                        limit 1
                        """)
                .param("rollout", rollout.value())
                .param("what", what)
                .query((row, _) -> Stored.instant(row, "at"))
                .optional();
    }

    void note(RolloutId rollout, @Nullable HostId host, String what, String sentence) {
        database.sql(
                        """
                        insert into rollout.diary (rollout, at, host, what, sentence)
                        values (:rollout, :now, :host, :what, :sentence)
                        """)
                .param("rollout", rollout.value())
                .param("now", Stored.utc(clock.instant()))
                .param("host", host == null ? null : host.value(), Types.OTHER)
                .param("what", what)
                .param("sentence", sentence.replace('\0', '\uFFFD'))
                .update();
    }
}
