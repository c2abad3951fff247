package dev.understudy.fleet;

import dev.understudy.governance.FleetStop;
import dev.understudy.platform.Database;
import dev.understudy.protocol.CheckIn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// The check-ins of hosts that have nothing to tell and nothing to do, which is nearly all of them:
/// those that come at the same time are taken in one transaction. A host that is not as it was,
/// that has orders, or whose row is locked, is not taken here.
///
/// Who comes while nobody works starts a virtual thread that takes what waits until nothing does,
/// so that nothing is left to be stopped. An answer is given only after the transaction was
/// committed.
final class QuietCheckIns {
    private static final int AT_ONCE = 256;

    private final Database database;
    private final FleetStop stop;
    private final InstantSource clock;
    private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final AtomicBoolean working = new AtomicBoolean();

    QuietCheckIns(Database database, FleetStop stop, InstantSource clock) {
        this.database = database;
        this.stop = stop;
        this.clock = clock;
    }

    /// What a quiet host is answered from.
    record Seen(Instant at, boolean stopped, long acknowledged, boolean inventoryKnown) {}

    private record Waiting(
            HostIdentity who, CheckIn said, String held, CompletableFuture<Optional<Seen>> seen) {}

    /// Takes the check-in if the host is quiet; else nothing has happened.
    Optional<Seen> take(HostIdentity who, CheckIn said, String heldCheckpoints) {
        if (!said.events().isEmpty() || said.running() != null) {
            return Optional.empty();
        }
        Waiting own = new Waiting(who, said, heldCheckpoints, new CompletableFuture<>());
        waiting.add(own);
        if (working.compareAndSet(false, true)) {
            Thread.ofVirtual().name("quiet-check-ins").start(this::work);
        }
        try {
            return own.seen().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /// Takes what waits until nothing does. Who adds to the queue after it was seen empty finds
    /// nobody working, or is seen by the last look.
    private void work() {
        do {
            for (List<Waiting> next = next(); !next.isEmpty(); next = next()) {
                together(next);
            }
            working.set(false);
        } while (!waiting.isEmpty() && working.compareAndSet(false, true));
    }

    private List<Waiting> next() {
        List<Waiting> next = new ArrayList<>();
        waiting.drainTo(next, AT_ONCE);
        return next;
    }

    private void together(List<Waiting> some) {
        Map<UUID, Seen> seen;
        try {
            seen = database.inTransaction(() -> take(some));
        } catch (RuntimeException | Error e) {
            some.forEach(each -> each.seen().completeExceptionally(e));
            return;
        }
        some.forEach(
                each ->
                        each.seen()
                                .complete(
                                        Optional.ofNullable(seen.get(each.who().host().value()))));
    }

    private Map<UUID, Seen> take(List<Waiting> some) {
        Instant now = clock.instant();
        Map<UUID, Row> rows = lock(some);
        boolean stopped = stop.current().isPresent();
        Map<UUID, Seen> seen = new HashMap<>();
        for (Waiting each : some) {
            UUID host = each.who().host().value();
            Row row = rows.remove(host);
            if (row != null && row.isAsBefore(each)) {
                boolean known = row.inventoryDigest().equals(each.said().inventoryDigest());
                seen.put(host, new Seen(now, stopped, row.acknowledged(), known));
            }
        }
        if (!seen.isEmpty()) {
            database.sql("update fleet.hosts set last_seen = :now where id = any (:hosts)")
                    .param("now", Times.sql(now))
                    .param("hosts", seen.keySet().toArray(UUID[]::new))
                    .update();
        }
        return seen;
    }

    private record Row(
            UUID id,
            String serial,
            String agentVersion,
            String bootId,
            long acknowledged,
            String inventoryDigest,
            String checkpointsDigest) {
        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getObject("id", UUID.class),
                    row.getString("certificate"),
                    row.getString("agent_version"),
                    row.getString("boot_id"),
                    row.getLong("acknowledged"),
                    row.getString("inventory_digest"),
                    row.getString("checkpoints_digest"));
        }

        /// Whether all that the host says of itself is on record already.
        boolean isAsBefore(Waiting now) {
            Long told = now.said().acknowledged();
            return serial.equals(now.who().serial())
                    && agentVersion.equals(now.said().agentVersion())
                    && bootId.equals(now.said().bootId())
                    && checkpointsDigest.equals(now.held())
                    && (told == null || told <= acknowledged);
        }
    }

    /// The rows of those that have nothing to do, locked. None is waited for: two transactions that
    /// take several rows in different orders would wait for each other.
    private Map<UUID, Row> lock(List<Waiting> some) {
        Map<UUID, Row> rows = new HashMap<>();
        database.sql(
                        """
                        select h.id, h.certificate, h.agent_version, h.boot_id, h.acknowledged,
                               h.inventory_digest, h.checkpoints_digest
                        from fleet.hosts h
                        where h.id = any (:hosts) and h.retired_at is null
                          and h.running_order is null and h.ahead_to is null
                          and not exists (select
                                          from fleet.orders o
                                          where o.host = h.id
                                            and o.state in ('QUEUED', 'DELIVERED', 'ACCEPTED'))
                        for no key update of h skip locked
                        """)
                .param("hosts", some.stream().map(e -> e.who().host().value()).toArray(UUID[]::new))
                .query((row, _) -> Row.of(row))
                .list()
                .forEach(row -> rows.put(row.id(), row));
        return rows;
    }
}
