package dev.understudy.rollout;

import dev.understudy.platform.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// How values of this module stand in the database.
final class Stored {
    private Stored() {}

    /// PostgreSQL's jsonb has no NUL; what a host says may have one.
    static String json(Object value) {
        return Json.write(value).replace("\\u0000", "\\ufffd");
    }

    static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
