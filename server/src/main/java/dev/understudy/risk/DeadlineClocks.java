package dev.understudy.risk;

import dev.understudy.platform.Database;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Keeps on record when the clock of each CVE in each patch started, and what started it. A clock
/// is stopped on a host by an exception, which is on record itself, and by the fix being in effect.
public final class DeadlineClocks {
    private static final int REMEMBERED = 100_000;

    private final Database database;

    /// What is known to be on record, so that a fleet of equal hosts writes it once.
    private final Set<Start> written =
            Collections.synchronizedSet(
                    Collections.newSetFromMap(
                            new LinkedHashMap<>(16, 0.75f, true) {
                                private static final long serialVersionUID = 1L;

                                @Override
                                protected boolean removeEldestEntry(
                                        Map.Entry<Start, Boolean> eldest) {
                                    return size() > REMEMBERED;
                                }
                            }));

    public DeadlineClocks(Database database) {
        this.database = database;
    }

    /// One start of a clock.
    public record Start(String patch, String cve, Instant startedAt, String reason) {}

    /// Every start on record for that CVE, by patch and time.
    public List<Start> of(String cve) {
        return database.sql(
                        """
                        select patch, cve, started_at, reason from risk.clocks
                        where cve = :cve
                        order by patch, started_at, reason
                        """)
                .param("cve", cve)
                .query(
                        (row, _) ->
                                new Start(
                                        row.getString("patch"),
                                        row.getString("cve"),
                                        row.getTimestamp("started_at").toInstant(),
                                        row.getString("reason")))
                .list();
    }

    void record(List<HostPatch> patches, Instant now) {
        List<Start> starts = new ArrayList<>();
        for (HostPatch patch : patches) {
            for (CveVerdict verdict : patch.evidence()) {
                Start start =
                        new Start(
                                patch.id().toString(),
                                verdict.cve(),
                                verdict.clockStart(),
                                verdict.clockReason());
                starts.add(start);
            }
        }
        recordStarts(starts, now);
    }

    void recordStarts(List<Start> starts, Instant now) {
        List<Start> fresh =
                starts.stream().distinct().filter(each -> !written.contains(each)).toList();
        if (fresh.isEmpty()) {
            return;
        }
        database.sql(
                        """
                        insert into risk.clocks (patch, cve, started_at, reason, recorded_at)
                        select u.patch, u.cve, u.started_at, u.reason, :now
                        from unnest(:patches::text[], :cves::text[], :starts::timestamptz[],
                                    :reasons::text[])
                             as u (patch, cve, started_at, reason)
                        on conflict do nothing
                        """)
                .param("now", Timestamp.from(now))
                .param("patches", fresh.stream().map(Start::patch).toArray(String[]::new))
                .param("cves", fresh.stream().map(Start::cve).toArray(String[]::new))
                .param(
                        "starts",
                        fresh.stream()
                                .map(start -> start.startedAt().toString())
                                .toArray(String[]::new))
                .param("reasons", fresh.stream().map(Start::reason).toArray(String[]::new))
                .update();
        written.addAll(fresh);
    }
}
