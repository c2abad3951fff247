package dev.understudy.rollout;

import dev.understudy.platform.Database;

/// Takes everything out of the database that a test has left there.
final class Emptied {
    private Emptied() {}

    static void all(Database database) {
        database.sql(
                        """
                        do $$
                        declare
                            tables text;
                        begin
                            select string_agg(format('%I.%I', schemaname, tablename), ', ')
                            into tables
                            from pg_tables
                            where schemaname in ('rollout', 'rehearsal', 'learning')
                               or (schemaname = 'fleet' and tablename in
                                       ('hosts', 'orders', 'inventories', 'agent_events',
                                        'maintenance_windows', 'freezes', 'ha_groups',
                                        'disruption_budgets', 'host_sequence'))
                               or (schemaname = 'platform' and tablename in
                                       ('outbox', 'delivery'))
                               or (schemaname = 'governance' and tablename in
                                       ('policy', 'fleet_stop'));
                            execute 'truncate ' || tables || ' cascade';
                        end
                        $$
                        """)
                .update();
    }
}
