package dev.understudy.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows on their way into one table by COPY.
final class Rows implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final CopyIn copy;
    private final StringBuilder text = new StringBuilder();

    /// @param into the table and its columns: `fleet.groups (name)`
    Rows(Connection connection, String into) throws SQLException {
        copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy " + into + " from stdin");
    }

    void add(@Nullable Object... values) throws SQLException {
        text.append(Arrays.stream(values).map(Rows::escaped).collect(Collectors.joining("\t")))
                .append('\n');
        if (text.length() > BUFFER) {
            send();
        }
    }

    /// An array as PostgreSQL writes it.
    static String array(Collection<?> values) {
        return values.stream()
                .map(each -> '"' + Objects.toString(each) + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String escaped(@Nullable Object value) {
        return value == null ? "\\N" : value.toString().replace("\\", "\\\\").replace("\t", "\\t");
    }

    private void send() throws SQLException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        text.setLength(0);
    }

    @Override
    public void close() throws SQLException {
        send();
        copy.endCopy();
    }

    /// A failure to read the data that are to be loaded.
    static IllegalStateException unreadable(IOException e) {
        return new IllegalStateException("The data cannot be read: " + e.getMessage(), e);
    }
}
