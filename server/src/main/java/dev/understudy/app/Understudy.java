package dev.understudy.app;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/// The control plane as one Spring Boot application.
@SpringBootApplication(
        scanBasePackages = {"dev.understudy.app", "dev.understudy.api", "dev.understudy.console"},
        exclude = {
            FlywayAutoConfiguration.class,
            DataSourceAutoConfiguration.class,
            DataSourceTransactionManagerAutoConfiguration.class,
            JdbcTemplateAutoConfiguration.class,
            JdbcClientAutoConfiguration.class,
            UserDetailsServiceAutoConfiguration.class
        },
        proxyBeanMethods = false)
public class Understudy {

    /// Starts everything; closing the context stops it: ports first, then jobs and deliveries, then
    /// the database.
    public static WebServerApplicationContext start(Settings settings) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(Understudy.class)
                        .bannerMode(Banner.Mode.OFF)
                        .logStartupInfo(false)
                        .addCommandLineProperties(false)
                        .properties(properties(settings))
                        .initializers(
                                context ->
                                        context.getBeanFactory()
                                                .registerSingleton("settings", settings));
        return (WebServerApplicationContext) application.run();
    }

    private static Map<String, Object> properties(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.application.name", "understudy");
        properties.put("spring.threads.virtual.enabled", "true");
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "20s");
        properties.put("spring.main.keep-alive", "true");
        properties.put("spring.jmx.enabled", "false");
        properties.put("spring.mvc.servlet.load-on-startup", "1");
        properties.put("server.shutdown", "graceful");
        properties.put("server.address", settings.operatorListen().address().getHostAddress());
        properties.put("server.port", settings.operatorListen().port());
        properties.put("server.server-header", "");
        properties.put("server.error.include-message", "never");
        properties.put("server.compression.enabled", "true");
        settings.operatorTls()
                .ifPresent(
                        tls -> {
                            String bundle = "spring.ssl.bundle.pem.operators.";
                            properties.put(
                                    bundle + "keystore.certificate", "file:" + tls.certificate());
                            properties.put(bundle + "keystore.private-key", "file:" + tls.key());
                            properties.put(bundle + "reload-on-update", "true");
                            properties.put("server.ssl.bundle", "operators");
                            properties.put("server.ssl.enabled-protocols", "TLSv1.3,TLSv1.2");
                        });
        properties.put("management.endpoints.web.exposure.include", "health,prometheus,info");
        properties.put("management.endpoint.health.probes.enabled", "true");
        properties.put("management.endpoint.health.show-details", "never");
        properties.put("management.health.db.enabled", "false"); // DatabaseHealth answers sooner
        properties.put("management.endpoint.health.group.index.include", "exposureIndexHealth");
        properties.put("management.endpoint.health.group.index.show-details", "always");
        properties.put(
                "management.endpoint.health.group.readiness.include",
                "readinessState,databaseHealth");
        properties.put("springdoc.api-docs.path", "/api/openapi");
        properties.put("springdoc.packages-to-scan", "dev.understudy.api");
        properties.putAll(logging(settings));
        return properties;
    }

    private static Map<String, Object> logging(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("logging.level.root", "warn");
        properties.put("logging.level.dev.understudy", "info");
        properties.put("logging.level.org.springdoc", "error");
        // It warns that a certificate cannot be asked for later on; ours are asked for at once.
        properties.put("logging.level.org.apache.tomcat.util.net.SSLUtilBase", "error");
        properties.put(
                "logging.pattern.console", "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5p %c{0}: %m%n%wEx");
        switch (settings.log()) {
            case HUMAN -> {}
            case ECS -> properties.put("logging.structured.format.console", "ecs");
            case ECS_FILE -> {
                properties.put(
                        "logging.file.name",
                        settings.data().resolve("logs/server.json").toString());
                properties.put("logging.structured.format.file", "ecs");
                properties.put("logging.logback.rollingpolicy.max-file-size", "50MB");
                properties.put("logging.logback.rollingpolicy.max-history", "14");
                properties.put("logging.logback.rollingpolicy.total-size-cap", "1GB");
            }
        }
        return properties;
    }
}
