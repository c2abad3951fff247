package dev.understudy.rollout;

import dev.understudy.platform.Database;
import java.time.Instant;
import java.util.List;

/// Groups that are to be looked at for automatic rollouts, and from when on.
final class Planning {
    private final Database database;

    Planning(Database database) {
        this.database = database;
    }

    /// Has the group looked at from then on, unless it is to be sooner.
    void due(String group, Instant at) {
        database.sql(
                        """
                        insert into rollout.planning (group_name, due_at)
                        values (:group, :at)
                        on conflict (group_name) do nothing
                        """)
                .param("group", group)
                .param("at", Stored.utc(at))
                .update();
    }

    /// Has the group looked at as soon as may be.
    void dueNow(String group, Instant now) {
        database.sql(
                        """
                        insert into rollout.planning (group_name, due_at)
                        values (:group, :now)
                        on conflict (group_name) do update
                        set due_at = least(planning.due_at, excluded.due_at)
                        """)
                .param("group", group)
                .param("now", Stored.utc(now))
                .update();
    }

    List<String> due(Instant now) {
        return database.sql(
                        """
                        select group_name
                        from rollout.planning
                        where due_at <= :now
                        order by due_at
                        """)
                .param("now", Stored.utc(now))
                .query(String.class)
                .list();
    }

    /// Takes the group off the list, for the transaction that looks at it; false if another has it.
    boolean take(String group) {
        return database.sql(
                                """
                                delete from rollout.planning
                                where group_name = (select p.group_name
                                                    from rollout.planning p
                                                    where p.group_name = :group
                                                    for update skip locked)
                                """)
                        .param("group", group)
                        .update()
                == 1;
    }
}
