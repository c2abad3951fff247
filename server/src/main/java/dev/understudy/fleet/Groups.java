package dev.understudy.fleet;

import dev.understudy.platform.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The groups of hosts.
public final class Groups {
    private final Database database;

    public Groups(Database database) {
        this.database = database;
    }

    public List<Group> all() {
        return database.sql(
                        """
                        select name, environment, criticality, exposure
                        from fleet.groups
                        order by name
                        """)
                .query((row, _) -> group(row))
                .list();
    }

    public Optional<Group> find(String name) {
        return database.sql(
                        """
                        select name, environment, criticality, exposure
                        from fleet.groups
                        where name = :name
                        """)
                .param("name", name)
                .query((row, _) -> group(row))
                .optional();
    }

    /// Makes the group, or changes the one of that name.
    public void put(Group group) {
        database.sql(
                        """
                        insert into fleet.groups (name, environment, criticality, exposure)
                        values (:name, :environment, :criticality, :exposure)
                        on conflict (name) do update
                        set environment = excluded.environment,
                            criticality = excluded.criticality,
                            exposure    = excluded.exposure
                        """)
                .param("name", group.name())
                .param("environment", group.environment().name())
                .param("criticality", group.criticality().name())
                .param("exposure", group.exposure().name())
                .update();
    }

    private static Group group(ResultSet row) throws SQLException {
        return new Group(
                row.getString("name"),
                Environment.valueOf(row.getString("environment")),
                Criticality.valueOf(row.getString("criticality")),
                Exposure.valueOf(row.getString("exposure")));
    }
}
