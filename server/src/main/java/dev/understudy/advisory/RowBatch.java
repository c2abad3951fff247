package dev.understudy.advisory;

import dev.understudy.platform.Database;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Rows of one table on their way into it, a few thousand at a time, each column as one array.
final class RowBatch<T> {
    private static final int SIZE = 2_000;

    private final Database database;
    private final String feed;
    private final String insert;
    private final Map<String, Function<T, ? extends @Nullable Object>> columns =
            new LinkedHashMap<>();
    private final List<T> waiting = new ArrayList<>();
    private long written;

    /// @param insert with a parameter `:feed`, and one array per column
    RowBatch(Database database, String feed, String insert) {
        this.database = database;
        this.feed = feed;
        this.insert = insert;
    }

    /// The array `parameter` has what `value` says of each row, as text or as a number.
    RowBatch<T> with(String parameter, Function<T, ? extends @Nullable Object> value) {
        columns.put(parameter, value);
        return this;
    }

    void add(T item) {
        waiting.add(item);
        if (waiting.size() == SIZE) {
            write();
        }
    }

    /// Writes what waits; how many rows are in the table by now, those said twice counted once.
    long finish() {
        write();
        return written;
    }

    private void write() {
        if (waiting.isEmpty()) {
            return;
        }
        var statement = database.sql(insert).param("feed", feed);
        for (Map.Entry<String, Function<T, ? extends @Nullable Object>> column :
                columns.entrySet()) {
            statement = statement.param(column.getKey(), values(column.getValue()));
        }
        written += statement.update();
        waiting.clear();
    }

    private Object[] values(Function<T, ? extends @Nullable Object> value) {
        List<@Nullable Object> all = new ArrayList<>();
        waiting.forEach(each -> all.add(value.apply(each)));
        boolean numbers = all.stream().allMatch(one -> one == null || one instanceof Double);
        return numbers && all.stream().anyMatch(Double.class::isInstance)
                ? all.toArray(Double[]::new)
                : all.stream()
                        .map(one -> one == null ? null : one.toString())
                        .toArray(String[]::new);
    }
}
