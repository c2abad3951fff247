package dev.understudy.risk;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/// Keeps equal values once for as long as anybody uses them: the hosts of a fleet lack much the
/// same.
final class SharedValues<T> {
    private final Map<T, WeakReference<T>> values = new WeakHashMap<>();

    /// The value that is shared by all who asked for an equal one.
    synchronized T of(T value) {
        WeakReference<T> known = values.get(value);
        T shared = known == null ? null : known.get();
        if (shared == null) {
            values.put(value, new WeakReference<>(value));
            return value;
        }
        return shared;
    }

    List<T> each(List<T> some) {
        return some.stream().map(this::of).toList();
    }
}
