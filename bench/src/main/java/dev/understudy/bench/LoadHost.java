package dev.understudy.bench;

import dev.understudy.platform.Database;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Puts one real host, with the packages of its inventory, into an empty database.
final class LoadHost {
    private LoadHost() {}

    static void load(Database database, Inventory inventory, Instant now) {
        try (Connection connection = database.source().getConnection()) {
            connection.setAutoCommit(false);
            List<Integer> ids = new ArrayList<>();
            try (Rows rows =
                    new Rows(
                            connection,
                            "fleet.packages (id, name, architecture, version, source_name,"
                                    + " source_version, status)")) {
                for (var each : inventory.packages()) {
                    ids.add(ids.size() + 1);
                    rows.add(
                            ids.size(),
                            each.name(),
                            each.architecture(),
                            each.version(),
                            each.sourceName(),
                            each.sourceVersion(),
                            each.status());
                }
            }
            try (Rows rows =
                    new Rows(
                            connection,
                            "fleet.shapes (digest, distribution, version, codename,"
                                    + " package_manager, packages, first_seen)")) {
                rows.add(
                        inventory.shapeDigest(),
                        inventory.platform().distribution(),
                        inventory.platform().version(),
                        inventory.platform().codename(),
                        inventory.capabilities().packageManager(),
                        Rows.array(ids),
                        now);
            }
            try (Rows rows =
                    new Rows(
                            connection,
                            "fleet.groups (name, environment, criticality, exposure)")) {
                rows.add("peers", "PROD", "MEDIUM", "INTERNAL");
            }
            try (Rows rows =
                    new Rows(
                            connection,
                            "fleet.hosts (id, name, machine_id, group_name, enrolled_at, shape,"
                                    + " platform, capabilities)")) {
                rows.add(
                        UUID.nameUUIDFromBytes(
                                inventory.shapeDigest().getBytes(StandardCharsets.UTF_8)),
                        "peer",
                        "machine",
                        "peers",
                        now,
                        inventory.shapeDigest(),
                        json(inventory.platform()),
                        json(inventory.capabilities()));
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("The host cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static String json(Object value) {
        return new String(Wire.encode(value), StandardCharsets.UTF_8);
    }
}
