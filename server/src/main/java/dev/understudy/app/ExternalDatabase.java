package dev.understudy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL that somebody else runs, and how to get in.
///
/// @param url `jdbc:postgresql://…` without a password
public record ExternalDatabase(String url, Optional<String> user, Optional<String> password) {
    /// The oldest PostgreSQL that has all we use.
    static final int OLDEST = 16;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    public ExternalDatabase {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new SettingsException(
                    "database-url", shown(url), "jdbc:postgresql://HOST:PORT/DATABASE");
        }
        if (url.toLowerCase(java.util.Locale.ROOT).contains("password=")) {
            throw new SettingsException(
                    "database-url",
                    shown(url),
                    "a URL without a password, which everybody could read in the list of processes;"
                            + " use --database-password-file or UNDERSTUDY_DATABASE_PASSWORD");
        }
    }

    static Optional<ExternalDatabase> of(Options options) {
        Optional<String> url = options.get("database-url");
        Optional<String> user = options.get("database-user");
        Optional<String> file = options.get("database-password-file");
        Optional<String> password =
                file.map(ExternalDatabase::read).or(() -> options.secret("database-password"));
        if (url.isEmpty() && (user.isPresent() || file.isPresent())) {
            throw new SettingsException(
                    "--database-user and --database-password-file need --database-url");
        }
        return url.map(found -> new ExternalDatabase(found, user, password));
    }

    private static String read(String file) {
        try {
            String password = Files.readString(Path.of(file)).strip();
            if (!password.isEmpty()) {
                return password;
            }
        } catch (IOException _) {
            // Said below.
        }
        throw new SettingsException(
                "database-password-file", file, "a file that holds the password and can be read");
    }

    /// Tries the database before anything depends on it.
    ///
    /// @throws SettingsException if it cannot be used, with what to do
    void check() {
        Properties login = new Properties();
        user.ifPresent(name -> login.setProperty("user", name));
        password.ifPresent(secret -> login.setProperty("password", secret));
        login.setProperty("connectTimeout", Long.toString(PATIENCE.toSeconds()));
        login.setProperty("loginTimeout", Long.toString(PATIENCE.toSeconds()));
        try (Connection connection = DriverManager.getConnection(url, login);
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                """
                                select current_setting('server_version_num')::int / 10000 as major,
                                       current_setting('server_encoding') as encoding,
                                       pg_is_in_recovery() as standby,
                                       current_user as me,
                                       current_database() as name,
                                       has_database_privilege(current_database(), 'create')
                                           as creates,
                                       has_schema_privilege('public', 'create') as uses_public
                                """)) {
            found.next();
            check(found);
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private void check(ResultSet found) throws SQLException {
        String name = found.getString("name");
        String me = found.getString("me");
        if (found.getInt("major") < OLDEST) {
            throw unusable(
                    "it is PostgreSQL %d; %d or newer is needed"
                            .formatted(found.getInt("major"), OLDEST));
        }
        if (!found.getString("encoding").equals("UTF8")) {
            throw unusable(
                    "its encoding is %s; make one with: create database %s encoding 'UTF8' template"
                                    .formatted(found.getString("encoding"), name)
                            + " template0");
        }
        if (found.getBoolean("standby")) {
            throw unusable("it is a standby, which cannot be written to; name the primary");
        }
        if (!found.getBoolean("creates") || !found.getBoolean("uses_public")) {
            throw unusable(
                    "%s may not create schemas in it; have its owner run: alter database %s owner to %s"
                            .formatted(me, name, me));
        }
    }

    private SettingsException refused(SQLException e) {
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String advice =
                switch (String.valueOf(e.getSQLState())) {
                    case "28P01", "28000" ->
                            "check --database-user and its password, and pg_hba.conf there";
                    case "3D000" -> "create the database first";
                    case "08001", "08004", "08006" ->
                            "check host, port, TLS settings and that PostgreSQL runs there";
                    case "42501" -> "the user lacks rights";
                    default -> "SQL state " + e.getSQLState();
                };
        return unusable("%s (%s)".formatted(said, advice));
    }

    private SettingsException unusable(String why) {
        return new SettingsException(
                "The database %s cannot be used: %s".formatted(shown(url), why));
    }

    /// The URL without what a password in it would tell.
    private static String shown(@Nullable String url) {
        return String.valueOf(url)
                .replaceAll("(?i)(password=)[^&]*", "$1…")
                .replaceAll("//[^/@]*@", "//…@");
    }

    @Override
    public String toString() {
        return "ExternalDatabase[%s as %s]".formatted(shown(url), user.orElse("the usual user"));
    }
}
