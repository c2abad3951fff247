package dev.understudy.api;

import dev.understudy.platform.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a long list.
///
/// @param cursor where the next part begins, to be given back as it is; null at the end
/// @param total how long the whole list is
public record Page<T>(List<T> items, @Nullable String cursor, int total) {
    static final int LARGEST = 1000;

    public Page {
        items = List.copyOf(items);
    }

    /// The part of `all` from `cursor` on. The list may have changed since the last part was read,
    /// so something may come twice or be missed.
    static <T> Page<T> of(List<T> all, int limit, @Nullable String cursor) {
        requireLimit(limit);
        int from = Math.min(all.size(), position(cursor));
        int to = Math.min(all.size(), from + limit);
        return new Page<>(
                all.subList(from, to), to < all.size() ? Integer.toString(to) : null, all.size());
    }

    static void requireLimit(int limit) {
        if (limit < 1 || limit > LARGEST) {
            throw Problem.invalid(
                    "limit-invalid", "limit is %d; 1 to %d are allowed.".formatted(limit, LARGEST));
        }
    }

    /// The part that begins at that position, of a list of which only that part was made.
    static <T> Page<T> part(List<T> items, int from, int total) {
        int to = from + items.size();
        return new Page<>(items, to < total ? Integer.toString(to) : null, total);
    }

    static int position(@Nullable String cursor) {
        if (cursor == null || cursor.isEmpty()) {
            return 0;
        }
        if (!cursor.matches("[0-9]{1,9}")) {
            throw Problem.invalid(
                    "cursor-invalid",
                    "'%s' is not a cursor that this list gave.".formatted(cursor));
        }
        return Integer.parseInt(cursor);
    }
}
