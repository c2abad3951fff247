package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.PendingUpgrade;
import java.time.Instant;
import java.util.List;

/// Which vulnerabilities the changelogs of a host's pending updates named from when to when. Like
/// those of shapes, the times of one host never run backwards.
final class ToldHistory {
    private final Database database;
    private final PendingSets sets;

    ToldHistory(Database database, PendingSets sets) {
        this.database = database;
        this.sets = sets;
    }

    /// Follows one inventory.
    void follow(HostId host, List<PendingUpgrade> pending, Capabilities capabilities, Instant now) {
        List<PendingUpgrade> naming =
                pending.stream()
                        .filter(each -> each.changelogRead() && !each.cves().isEmpty())
                        .toList();
        if (naming.isEmpty()) {
            end(host, now);
            return;
        }
        String told = sets.keep(naming, capabilities);
        if (isTold(host, told)) {
            return;
        }
        end(host, now);
        database.sql(
                        """
                        insert into fleet.told_history (host, told, from_at)
                        select :host, :told, greatest(:now, max(to_at))
                        from fleet.told_history
                        where host = :host
                        on conflict (host, from_at) do update
                        set told = excluded.told, to_at = null
                        """)
                .param("host", host.value())
                .param("told", told)
                .param("now", Times.sql(now))
                .update();
    }

    private boolean isTold(HostId host, String told) {
        return database.sql(
                        """
                        select exists (select
                                       from fleet.told_history
                                       where host = :host and told = :told and to_at is null)
                        """)
                .param("host", host.value())
                .param("told", told)
                .query(Boolean.class)
                .single();
    }

    /// Ends what is told of the host.
    void end(HostId host, Instant now) {
        database.sql(
                        """
                        update fleet.told_history
                        set to_at = greatest(from_at, :now)
                        where host = :host and to_at is null
                        """)
                .param("host", host.value())
                .param("now", Times.sql(now))
                .update();
    }
}
