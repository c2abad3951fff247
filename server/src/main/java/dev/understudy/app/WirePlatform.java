package dev.understudy.app;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.understudy.platform.Database;
import dev.understudy.platform.EmbeddedDatabase;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Json;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.SchemaWatch;
import dev.understudy.platform.Subscriptions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.DeserializationFeature;

/// Wires `platform`: the database, the outbox, jobs.
@Configuration(proxyBeanMethods = false)
class WirePlatform {
    private static final int CONNECTIONS = 40;

    /// Three replicas together stay below what PostgreSQL takes by default.
    private static final int CONNECTIONS_OF_A_REPLICA = 30;

    /// How soon a server notices that a newer one has taken the schema out of its reach.
    private static final Duration BETWEEN_LOOKS_AT_THE_SCHEMA = Duration.ofSeconds(5);

    /// How long a request waits for a connection: longer than a restart of the embedded database
    /// usually takes, shorter than anybody's patience.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /// The embedded PostgreSQL, when no other one was named.
    record Embedded(Optional<EmbeddedDatabase> database) implements AutoCloseable {
        @Override
        public void close() {
            database.ifPresent(EmbeddedDatabase::close);
        }
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    Embedded embeddedDatabase(Settings settings) {
        return new Embedded(
                settings.database().isPresent()
                        ? Optional.empty()
                        : Optional.of(EmbeddedDatabase.start(settings.data().resolve("postgres"))));
    }

    @Bean
    HikariDataSource dataSource(Settings settings, Embedded embedded) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("database");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(2);
        config.setConnectionTimeout(LONGEST_WAIT.toMillis());
        config.addDataSourceProperty("ApplicationName", "understudy");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("socketFactory", KeptAlive.class.getName());
        config.setConnectionInitSql(KeptAlive.SESSION);
        embedded.database()
                .ifPresentOrElse(
                        own -> {
                            config.setJdbcUrl(own.url());
                            config.setUsername(own.user());
                            config.setPassword(own.password());
                        },
                        () -> use(config, settings.database().orElseThrow()));
        return new HikariDataSource(config);
    }

    private static void use(HikariConfig config, ExternalDatabase database) {
        database.check();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(CONNECTIONS_OF_A_REPLICA);
        database.user().ifPresent(config::setUsername);
        database.password().ifPresent(config::setPassword);
    }

    @Bean
    Database database(HikariDataSource source) {
        return new Database(source).migrate();
    }

    @Bean(initMethod = "start")
    SchemaWatch schemaWatch(Database database) {
        return new SchemaWatch(database, BETWEEN_LOOKS_AT_THE_SCHEMA, Main::leave);
    }

    @Bean
    HealthIndicator databaseHealth(HikariDataSource source) {
        return new DatabaseHealth(source);
    }

    @Bean
    Outbox outbox(Database database, InstantSource clock, Settings settings, Jobs jobs) {
        Outbox outbox = new Outbox(database, clock);
        jobs.every(
                "platform.sweep-outbox",
                Duration.ofHours(1),
                () -> outbox.sweep(settings.retention().outbox()));
        return outbox;
    }

    @Bean(destroyMethod = "") // closed by Engine, after the ports
    Subscriptions subscriptions(Database database, InstantSource clock) {
        return new Subscriptions(database, clock);
    }

    @Bean(destroyMethod = "") // closed by Engine, after the ports
    Jobs jobs(Database database, InstantSource clock) {
        return new Jobs(database, clock);
    }

    @Bean
    Engine engine(Subscriptions subscriptions, Jobs jobs) {
        return new Engine(subscriptions, jobs);
    }

    @Bean
    MeterBinder platformMetrics(Subscriptions subscriptions, Jobs jobs) {
        return registry -> {
            Gauge.builder("understudy.events.waiting", subscriptions, Subscriptions::waiting)
                    .description("Events that a subscriber still has to take")
                    .register(registry);
            Gauge.builder("understudy.events.parked", subscriptions, each -> each.parked().size())
                    .description("Events that a subscriber could not take")
                    .register(registry);
            Gauge.builder("understudy.jobs.failing", jobs, each -> each.failing().size())
                    .description("Jobs that failed the last time")
                    .register(registry);
        };
    }

    /// The same JSON for operators as in the database, but a member that is not known is refused: a
    /// mistyped setting must not go unnoticed.
    @Bean
    JsonMapperBuilderCustomizer ourJson() {
        return builder ->
                Json.configure(builder).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }
}
