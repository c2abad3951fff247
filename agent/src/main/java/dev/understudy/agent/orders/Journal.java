package dev.understudy.agent.orders;

import dev.understudy.agent.files.WholeFile;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The agent's memory of what it was told, what it did and what it has to report, in `journal.log`.
/// Everything that decides what happens after a crash is on the disk when the method that says it
/// returns. Events are on the disk before they are sent, so that a number is never used for two
/// reports.
///
/// One process writes it at a time (see [AgentLock]); any may read it.
///
/// A journal that cannot be written throws [UncheckedIOException]: then nothing may be begun.
public final class Journal implements AutoCloseable {
    private static final long ROTATE_AT = 1 << 20;
    private static final int KEPT_FILES = 8;
    private static final int RESERVE = 256 << 10;
    private static final String CURRENT = "journal.log";

    private final Path folder;
    private final InstantSource clock;
    private JournalState state = new JournalState();
    private JournalFile file;
    private long rotateAt = ROTATE_AT;
    private Runnable onReport = () -> {};
    private Consumer<Entry> watcher = _ -> {};

    private Journal(Path folder, InstantSource clock) throws IOException {
        this.folder = folder;
        this.clock = clock;
        Path current = folder.resolve(CURRENT);
        long sound = 0;
        if (Files.exists(current)) {
            JournalFile.Content content = JournalFile.read(current);
            content.entries().forEach(state::add);
            sound = content.soundLength();
            long torn = Files.size(current) - sound;
            if (torn > 0) {
                Log.warn("journal: cut the last %d bytes, which a crash left incomplete", torn);
            }
        }
        file = JournalFile.open(current, sound);
        WholeFile.forceFolder(folder);
        keepReserve();
    }

    /// Opens the journal in the folder, made if missing.
    ///
    /// @throws JournalDamagedException if it holds anything that was not written so
    public static Journal open(Path folder, InstantSource clock) throws IOException {
        Files.createDirectories(folder);
        return new Journal(folder, clock);
    }

    /// Every line kept in the folder, oldest first, for people. Lines that a rotation carried over
    /// come once.
    public static List<Entry> history(Path folder) throws IOException {
        List<Path> files = new ArrayList<>(rotated(folder));
        files.add(folder.resolve(CURRENT));
        java.util.LinkedHashSet<Entry> entries = new java.util.LinkedHashSet<>();
        for (Path path : files) {
            if (Files.exists(path)) {
                entries.addAll(JournalFile.read(path).entries());
            }
        }
        return List.copyOf(entries);
    }

    /// Calls `listener` whenever there is something new to report.
    public synchronized void onReport(Runnable listener) {
        onReport = listener;
    }

    /// Shows `watcher` every line that is written, for people who look on.
    public synchronized void watch(Consumer<Entry> with) {
        watcher = with;
    }

    /// Starts the sequence of events of a new identity.
    public synchronized void enrolled(HostId host) {
        write(new Entry.Enrolled(clock.instant(), host), true);
    }

    public synchronized Optional<HostId> host() {
        return Optional.ofNullable(state.host());
    }

    /// Lets an order in. From now on it is brought to an end, whatever happens.
    synchronized void accepted(Order order, String fingerprint, boolean byHand) {
        write(new Entry.Accepted(clock.instant(), order, fingerprint, byHand), true);
        report(order.id(), new Report.Accepted());
    }

    /// Counts an attempt and gives its number, from 1.
    synchronized int began(OrderId order, String bootId) {
        int attempt = state.open(order).map(OpenOrder::attempts).orElse(0) + 1;
        write(new Entry.Began(clock.instant(), order, attempt, bootId), true);
        return attempt;
    }

    synchronized void reached(OrderId order, Step step, String bootId, String detail) {
        write(new Entry.Reached(clock.instant(), order, step, bootId, detail), true);
    }

    /// Queues a report about an order, or about none. Reports on orders given by hand go to the
    /// control plane without an order id, since it never gave that order.
    public synchronized void report(@Nullable OrderId order, Report report) {
        boolean byHand = order != null && state.open(order).map(OpenOrder::byHand).orElse(false);
        if (byHand) {
            write(new Entry.Reported(clock.instant(), order, 0, report, null), report.ends());
            if (report.ends() && state.host() != null) {
                queue(null, report, null);
            }
        } else {
            queue(order, report, null);
        }
    }

    /// Records that an order was refused, and reports it. It counts as known, so that it is refused
    /// for good.
    synchronized void refused(Order order, String fingerprint, Report.Refused report) {
        if (!state.knows(order.id())) {
            write(
                    new Entry.Known(
                            clock.instant(),
                            order.id(),
                            order.nonce(),
                            fingerprint,
                            order.notAfter()),
                    false);
        }
        queue(order.id(), report, fingerprint);
    }

    /// Records that something was refused that cannot be named safely; `claimed` is the order that
    /// it claims to be, if that is not one of ours.
    synchronized void refused(
            @Nullable OrderId claimed, String fingerprint, Report.Refused report) {
        queue(claimed, report, fingerprint);
    }

    private void queue(@Nullable OrderId order, Report report, @Nullable String fingerprint) {
        long sequence = state.sequence() + 1;
        write(
                new Entry.Reported(clock.instant(), order, sequence, report, fingerprint),
                report.ends());
        onReport.run();
    }

    /// The oldest events that the control plane has not acknowledged, all of them on the disk.
    public synchronized List<AgentEvent> pending(int most) {
        force();
        return state.pending(most);
    }

    public synchronized boolean anythingPending() {
        return state.anythingPending();
    }

    public synchronized void acknowledged(long sequence) {
        if (sequence > state.acknowledged()) {
            write(new Entry.Acknowledged(clock.instant(), sequence), false);
        }
    }

    /// The last event that the control plane said it had stored.
    public synchronized long acknowledged() {
        return state.acknowledged();
    }

    /// Has what the control plane acknowledged and forgot again sent once more, as far as the files
    /// that are kept still tell it.
    ///
    /// @param has the last event that the control plane has now
    /// @return whether it had forgotten anything
    public synchronized boolean forgottenAfter(long has) {
        if (has >= state.acknowledged()) {
            return false;
        }
        long said = state.acknowledged();
        List<Entry.Reported> again = heardAfter(has);
        again.forEach(event -> write(event, false));
        write(new Entry.Forgotten(clock.instant(), has), true);
        Log.warn(
                "the control plane had stored events up to %d and has %d now: it was put back to an"
                        + " older state; telling it %d of the %d again",
                said, has, again.size(), said - has);
        return true;
    }

    private List<Entry.Reported> heardAfter(long has) {
        force();
        JournalState remembering = new JournalState(true);
        try {
            history(folder).forEach(remembering::add);
        } catch (IOException e) {
            Log.warn("journal: older files cannot be read: %s", e.getMessage());
        }
        return remembering.heardAfter(has);
    }

    /// The orders that have not ended, oldest first.
    public synchronized List<OpenOrder> open() {
        return state.open();
    }

    synchronized Optional<OpenOrder> open(OrderId order) {
        return state.open(order);
    }

    synchronized Optional<String> fingerprintOf(OrderId order, String nonce) {
        return state.fingerprintOf(order, nonce);
    }

    synchronized boolean knows(OrderId order) {
        return state.knows(order);
    }

    synchronized boolean refusedBefore(String fingerprint) {
        return state.refusedBefore(fingerprint);
    }

    synchronized boolean unheard(OrderId order) {
        return state.unheard(order);
    }

    private void write(Entry entry, boolean now) {
        try {
            if (file.length() > rotateAt) {
                rotate();
            }
            append(entry);
            state.add(entry);
            if (now) {
                file.force();
            }
            watcher.accept(entry);
        } catch (IOException e) {
            throw new UncheckedIOException("the journal cannot be written: " + e.getMessage(), e);
        }
    }

    private void append(Entry entry) throws IOException {
        try {
            file.append(entry);
        } catch (IOException e) {
            if (!Files.deleteIfExists(reserve())) {
                throw e;
            }
            Log.warn("journal: no space left; using the reserve (%s)", e.getMessage());
            file.append(entry);
        }
    }

    private void force() {
        try {
            file.force();
        } catch (IOException e) {
            throw new UncheckedIOException("the journal cannot be written: " + e.getMessage(), e);
        }
    }

    /// Starts a new file that begins with all that still matters. The old one stays, under a
    /// number, until there are too many. Killed anywhere in between, `journal.log` is the old or
    /// the new.
    private void rotate() throws IOException {
        file.force();
        List<Entry> summary = state.summary(clock.instant());
        Path fresh = folder.resolve(CURRENT + ".new");
        Files.deleteIfExists(fresh);
        JournalFile next = JournalFile.open(fresh, 0);
        JournalState carried = new JournalState();
        for (Entry entry : summary) {
            next.append(entry);
            carried.add(entry);
        }
        next.force();
        Path current = folder.resolve(CURRENT);
        List<Path> old = rotated(folder);
        Files.createLink(folder.resolve("journal-%06d.log".formatted(nextNumber(old))), current);
        Files.move(fresh, current, StandardCopyOption.ATOMIC_MOVE);
        WholeFile.forceFolder(folder);
        file.close();
        file = next;
        state = carried;
        rotateAt = Math.max(ROTATE_AT, 2 * next.length());
        for (int i = 0; i <= old.size() - KEPT_FILES; i++) {
            Files.delete(old.get(i));
        }
        keepReserve();
    }

    private static int nextNumber(List<Path> rotated) {
        return rotated.isEmpty()
                ? 1
                : Integer.parseInt(rotated.getLast().getFileName().toString().substring(8, 14)) + 1;
    }

    private static List<Path> rotated(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().matches("journal-\\d{6}\\.log"))
                    .sorted()
                    .toList();
        }
    }

    private Path reserve() {
        return folder.resolve("reserve");
    }

    /// Space set aside for saying how an order ended on a host whose disk is full.
    private void keepReserve() {
        try {
            if (!Files.exists(reserve())) {
                Files.write(reserve(), new byte[RESERVE], StandardOpenOption.CREATE_NEW);
            }
        } catch (IOException e) {
            Log.warn("journal: there is no space for its reserve: %s", e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.force();
        file.close();
    }
}
