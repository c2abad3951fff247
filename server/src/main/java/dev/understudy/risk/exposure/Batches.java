package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Gathers items and hands them over some at a time.
final class Batches<T> {
    static final int SIZE = 2_000;

    private final Consumer<List<T>> taken;
    private final List<T> batch = new ArrayList<>();

    Batches(Consumer<List<T>> taken) {
        this.taken = taken;
    }

    void add(T item) {
        batch.add(item);
        if (batch.size() == SIZE) {
            finish();
        }
    }

    /// Hands over what is left.
    void finish() {
        if (!batch.isEmpty()) {
            taken.accept(List.copyOf(batch));
            batch.clear();
        }
    }
}
