package dev.understudy.risk.exposure;

import dev.understudy.platform.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The index of this replica: made from the database at the first use, then brought up to date by
/// what changed since the snapshot that was read last. Losing a notification costs time only, and
/// what cannot be followed (a database that was put back to an earlier state) is read anew.
public final class FollowDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(FollowDatabase.class);

    private final Database database;
    private final InstantSource clock;
    private volatile @Nullable Followed followed;

    /// Held by the one who reads. Taken only in a transaction: whoever has it has the connection
    /// that the read needs, and never waits for one of those who wait for it.
    private final ReentrantLock reading = new ReentrantLock();

    /// Where those wait who are in no transaction, so that they hold no connection meanwhile.
    private final ReentrantLock turn = new ReentrantLock();

    public FollowDatabase(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// The index and how far it is.
    private record Followed(ExposureIndex index, IndexRows rows, Position position, Instant asOf) {}

    /// The same index, followed through other connections.
    FollowDatabase over(Database other) {
        FollowDatabase moved = new FollowDatabase(other, clock);
        Followed now = followed;
        if (now != null) {
            moved.followed =
                    new Followed(now.index(), new IndexRows(other), now.position(), now.asOf());
        }
        return moved;
    }

    /// What one call took in.
    ///
    /// @param inMemory the part of the time that went into the index itself
    public record Taken(int hosts, int statements, Duration inMemory) {}

    /// Takes in everything that was committed before the call. Not in a transaction that itself
    /// changed hosts or what feeds say: what may yet be undone must not get into the index.
    public Taken catchUp() {
        if (database.isInTransaction()) {
            return database.inSnapshot(this::readInTurn);
        }
        turn.lock();
        try {
            return database.inSnapshot(this::readInTurn);
        } finally {
            turn.unlock();
        }
    }

    private Taken readInTurn() {
        reading.lock();
        try {
            Taking taking = new Taking();
            followed = next(followed, taking, clock.instant());
            return taking.taken();
        } finally {
            reading.unlock();
        }
    }

    private Followed next(@Nullable Followed before, Taking taking, Instant asOf) {
        if (before == null) {
            return read(asOf);
        }
        Position now = before.rows().position();
        if (now.newest() < before.position().newest()) {
            LOG.warn("The database is older than what was read of it; the index is made anew");
            return read(asOf);
        }
        taking.follow(before);
        return new Followed(before.index(), before.rows(), now, asOf);
    }

    private Followed read(Instant asOf) {
        ExposureIndex index = new ExposureIndex();
        IndexRows rows = new IndexRows(database);
        Position position = rows.position();
        index.beginLoad();
        rows.allShapes(shapes -> index.load(IndexChange.hosts(shapes, List.of(), List.of())));
        rows.pendingSets().all(sets -> index.load(IndexChange.hosts(List.of(), sets, List.of())));
        rows.allStatements(begun -> index.load(IndexChange.statements(List.of(), begun)));
        rows.allHosts(hosts -> index.load(IndexChange.hosts(List.of(), List.of(), hosts)));
        index.endLoad();
        return new Followed(index, rows, position, asOf);
    }

    /// Counts what it takes in.
    private static final class Taking {
        private int hosts;
        private int statements;
        private long nanos;

        void follow(Followed before) {
            ExposureIndex index = before.index();
            IndexRows rows = before.rows();
            take(index, rows.statementsSince(before.position()));
            rows.hostsSince(
                    before.position(),
                    hosts ->
                            take(
                                    index,
                                    IndexChange.hosts(
                                            rows.shapes(
                                                    index.unknownShapes(IndexRows.shapesOf(hosts))),
                                            rows.pendingSets()
                                                    .some(
                                                            index.unknownPendingSets(
                                                                    PendingSetRows.of(hosts))),
                                            hosts)));
        }

        private void take(ExposureIndex index, IndexChange change) {
            if (change.isNothing()) {
                return;
            }
            long began = System.nanoTime();
            index.take(change);
            nanos += System.nanoTime() - began;
            hosts += change.hosts().size();
            statements += change.ended().size() + change.begun().size();
        }

        Taken taken() {
            return new Taken(hosts, statements, Duration.ofNanos(nanos));
        }
    }

    ExposureIndex index() {
        return current().index();
    }

    /// Everything committed before that time is in the answers.
    public Instant asOf() {
        return current().asOf();
    }

    /// What is in force of these packages of a release, from memory.
    ///
    /// @param packages sources, or binary packages as [KnownAs] names them
    public List<Statement> inForce(String release, Set<String> packages) {
        return index().inForce(release, packages);
    }

    /// As of when the answers are; empty until the index was made, which this does not do.
    public Optional<Instant> lastLook() {
        return Optional.ofNullable(followed).map(Followed::asOf);
    }

    public IndexSize size() {
        return index().size();
    }

    private Followed current() {
        Followed now = followed;
        if (now == null) {
            catchUp();
            now = java.util.Objects.requireNonNull(followed);
        }
        return now;
    }
}
