package dev.understudy.platform;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is read again when it is asked for and was read longer ago than it stays fresh. Nobody
/// waits for another's read: who does may hold the very connection that the read needs.
public final class ReadAgain<T> {
    private final Supplier<T> read;
    private final Duration fresh;
    private final InstantSource clock;
    private final AtomicReference<Snapshot<T>> snapshot = new AtomicReference<>(nothing());

    public ReadAgain(Supplier<T> read, Duration fresh, InstantSource clock) {
        this.read = read;
        this.fresh = fresh;
        this.clock = clock;
    }

    /// @param value null if nothing was read since the last change; such ones are told apart by
    ///   their identity
    private record Snapshot<T>(@Nullable T value, Instant until) {}

    private static <T> Snapshot<T> nothing() {
        return new Snapshot<>(null, Instant.MIN);
    }

    public T get() {
        Instant now = clock.instant();
        Snapshot<T> current = Objects.requireNonNull(snapshot.get());
        T known = current.value();
        if (known != null && now.isBefore(current.until())) {
            return known;
        }
        T next = read.get();
        // What was read before a change says nothing about the time after it.
        snapshot.compareAndSet(current, new Snapshot<>(next, now.plus(fresh)));
        return next;
    }

    /// Has it read again at the next use.
    public void changed() {
        snapshot.set(nothing());
    }
}
