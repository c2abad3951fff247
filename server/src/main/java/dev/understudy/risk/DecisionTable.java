package dev.understudy.risk;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A published decision table, kept as the resource that it was published as: comma-separated, its
/// first row names the columns.
final class DecisionTable {
    private DecisionTable() {}

    /// The cells of each row below the head.
    static List<List<String>> rows(String resource, List<String> columns) {
        try (InputStream in = DecisionTable.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource %s".formatted(resource));
            }
            List<List<String>> rows =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> List.of(line.split(",", -1)))
                            .toList();
            if (!rows.getFirst().equals(columns)
                    || rows.stream().anyMatch(row -> row.size() != columns.size())) {
                throw new IllegalStateException(
                        "%s does not have the columns %s".formatted(resource, columns));
            }
            return rows.subList(1, rows.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean yes(String cell) {
        return switch (cell) {
            case "yes" -> true;
            case "no" -> false;
            default ->
                    throw new IllegalStateException("'%s' is neither yes nor no".formatted(cell));
        };
    }
}
