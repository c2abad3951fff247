package dev.understudy.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How much of a long list is wanted: a part of it as a table, or all of it for another program.
final class Listing {
    @Option(
            names = "--limit",
            paramLabel = "ROWS",
            description = "How many rows, at most 1000 (default: ${DEFAULT-VALUE}).",
            defaultValue = "40")
    private int limit = 40;

    @Option(
            names = "--cursor",
            paramLabel = "CURSOR",
            description = "Where to go on, as the part before says.")
    private @Nullable String cursor;

    @Option(names = "--csv", description = "Every row, as CSV.")
    private boolean csv;

    @Option(names = "--ndjson", description = "Every row, as lines of JSON.")
    private boolean ndjson;

    int limit() {
        return limit;
    }

    /// Whether everything is asked for, row by row.
    boolean whole() {
        return csv || ndjson;
    }

    /// Prints every row; gives the exit code.
    int copy(Connection connection, Question question) throws IOException {
        if (csv && ndjson) {
            throw new Failure(2, "Give --csv or --ndjson, not both.");
        }
        if (cursor != null) {
            throw new Failure(2, "--cursor is for parts; --csv and --ndjson give every row.");
        }
        return connection.copy(question.path(), ndjson ? "application/x-ndjson" : "text/csv");
    }

    /// Asks for the part.
    Json part(Connection connection, Question question) {
        return connection.api().get(question.with("limit", limit).with("cursor", cursor).path());
    }
}
