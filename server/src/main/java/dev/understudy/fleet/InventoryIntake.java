package dev.understudy.fleet;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Platform;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// Takes the inventories that hosts send: keeps the newest, the shape once for all hosts, and from
/// when to when the host had which shape.
public final class InventoryIntake {
    private static final int MOST_PACKAGES = 50_000;

    private final Database database;
    private final InstantSource clock;
    private final HostRows rows;
    private final Shapes shapes;
    private final Inventories inventories;
    private final ShapeHistory history;
    private final HeldShapes held;
    private final PendingSets pendingSets;
    private final ToldHistory told;
    private final Symptoms symptoms;
    private final Outbox outbox;

    public InventoryIntake(
            Database database,
            InstantSource clock,
            Hosts hosts,
            HostCertificates certificates,
            Shapes shapes,
            Inventories inventories,
            Outbox outbox,
            AuditTrail audit) {
        this.database = database;
        this.clock = clock;
        this.rows = new HostRows(database, hosts, certificates, audit);
        this.shapes = shapes;
        this.inventories = inventories;
        this.history = new ShapeHistory(database);
        this.held = new HeldShapes(database);
        this.pendingSets = new PendingSets(database);
        this.told = new ToldHistory(database, pendingSets);
        this.symptoms = new Symptoms(database);
        this.outbox = outbox;
    }

    /// Lets the host in before its inventory is read.
    ///
    /// @throws Problem as [HostRows#lock]
    public void admit(HostIdentity who) {
        database.inTransaction(
                () -> {
                    rows.lock(who, clock.instant());
                });
    }

    /// Takes an inventory.
    ///
    /// @param digest SHA-256 of the bytes in which it came, which the host names at check-in
    public void take(HostIdentity who, String digest, Inventory inventory) {
        require(inventory.packages());
        String shape = inventory.shapeDigest();
        database.inTransaction(
                () -> {
                    Instant now = clock.instant();
                    HostRows.Row former = rows.lock(who, now);
                    if (former.inventoryDigest().equals(digest)) {
                        return;
                    }
                    shapes.keep(shape, inventory, now);
                    inventories
                            .latestFacts(who.host())
                            .ifPresent(
                                    before -> symptoms.follow(who.host(), before, inventory, now));
                    inventories.keep(who.host(), digest, shape, inventory, now);
                    if (!former.shape().equals(shape)) {
                        history.changed(who.host(), shape, now);
                    }
                    NotInEffect notInEffect = NotInEffect.of(inventory);
                    held.follow(who.host(), former.shape(), shape, notInEffect, now);
                    told.follow(who.host(), inventory.pending(), inventory.capabilities(), now);
                    describe(who.host(), digest, shape, inventory);
                    outbox.publish(new InventoryChanged(who.host(), shape));
                });
    }

    private static void require(List<InstalledPackage> packages) {
        if (packages.size() > MOST_PACKAGES) {
            throw bad(
                    "it has %d packages; at most %d are allowed"
                            .formatted(packages.size(), MOST_PACKAGES));
        }
        for (InstalledPackage one : packages) {
            for (String text : List.of(one.sourceName(), one.sourceVersion(), one.status())) {
                if (!text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
                    throw bad(
                            "package %s has a source or status that is not plain ASCII"
                                    .formatted(one.name()));
                }
            }
        }
    }

    private static Problem bad(String why) {
        return Problem.invalid("bad-inventory", "The inventory is refused: " + why + ".");
    }

    private void describe(HostId host, String digest, String shape, Inventory inventory) {
        database.sql(
                        """
                        update fleet.hosts
                        set inventory_digest = :digest, shape = :shape, pending = :pending,
                            platform = :platform::jsonb, capabilities = :capabilities::jsonb
                        where id = :id
                        """)
                .param("id", host.value())
                .param("digest", digest)
                .param("shape", shape)
                .param("pending", pendingSets.keep(inventory.pending(), inventory.capabilities()))
                .param("platform", Stored.json(inventory.platform(), Platform.class))
                .param("capabilities", Stored.json(inventory.capabilities(), Capabilities.class))
                .update();
    }
}
