package dev.understudy.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/// How far this server knows the schema, against what the database needs of servers. While replicas
/// are upgraded one by one those of the version before work on the newer schema, unless one of its
/// migrations says that they cannot (`platform.compatibility`).
final class SchemaLevel {
    private static final String MIGRATIONS = "classpath*:db/migration/**/V*__*.sql";
    private static final int DIGITS = 12;

    private final Database database;
    private final String known;

    /// @param known the newest migration that the server has
    SchemaLevel(Database database, String known) {
        this.database = database;
        this.known = known;
    }

    /// The newest migration that comes with this server: its time, in twelve digits.
    static String newest() {
        try {
            return Arrays.stream(new PathMatchingResourcePatternResolver().getResources(MIGRATIONS))
                    .map(Resource::getFilename)
                    .map(Objects::requireNonNull)
                    .map(name -> name.substring(1, 1 + DIGITS))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IllegalStateException("There are no migrations."));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @throws TooOldException if this server must not work on the schema as it is
    void require() {
        needed().filter(needs -> needs.compareTo(known) > 0)
                .ifPresent(
                        needs -> {
                            throw new TooOldException(
                                    "This server is older than its database allows: it knows the schema up to %s, and the database needs servers that know %s. Upgrade this replica; the others go on."
                                            .formatted(known, needs));
                        });
    }

    /// Empty for a database from before that was kept, or without any schema yet.
    private Optional<String> needed() {
        boolean kept =
                database.sql("select to_regclass('platform.compatibility') is not null")
                        .query(Boolean.class)
                        .single();
        return kept
                ? database.sql("select needs from platform.compatibility")
                        .query(String.class)
                        .optional()
                : Optional.empty();
    }
}
