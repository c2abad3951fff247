package dev.understudy.api;

import dev.understudy.platform.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// What a whole list shows of each of its rows. Every list question is answered in parts, as JSON
/// with a cursor ([Page]), and as a whole, row by row as rows are found and without holding the
/// text of more than some: as CSV, or as lines of JSON, the same as the items of the parts.
final class Columns<T> {
    static final String CSV = "text/csv";
    static final String LINES = "application/x-ndjson";

    private final List<String> names = new ArrayList<>();
    private final List<Function<T, @Nullable Object>> values = new ArrayList<>();

    /// The same with one more.
    Columns<T> with(String name, Function<T, @Nullable Object> value) {
        names.add(name);
        values.add(value);
        return this;
    }

    /// Answers with every row that `rows` gives. What it refuses before the first is a problem.
    ///
    /// @param request asks by its `Accept` for one of [#CSV] and [#LINES]
    void send(HttpServletRequest request, HttpServletResponse response, Consumer<Consumer<T>> rows)
            throws IOException {
        String accepted = request.getHeader(HttpHeaders.ACCEPT);
        if (accepted != null && accepted.contains(LINES)) {
            Lines lines = new Lines(response, LINES);
            rows.accept(row -> lines.write(Json.write(row)));
            lines.end();
            return;
        }
        Lines lines = new Lines(response, CSV);
        lines.head(names.toArray());
        rows.accept(row -> lines.csv(values.stream().map(each -> each.apply(row)).toArray()));
        lines.end();
    }
}
