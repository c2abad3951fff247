package dev.understudy.api;

import dev.understudy.fleet.Groups;
import dev.understudy.fleet.Symptoms;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.integration.HealthQueries;
import dev.understudy.integration.HealthQuery;
import dev.understudy.integration.Signal;
import dev.understudy.integration.TakeSignals;
import dev.understudy.platform.Json;
import dev.understudy.platform.Problem;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Symptoms of hosts, what monitoring tells of them, and what Prometheus is asked.
@RestController
@RequestMapping("/api/v1")
public final class SignalsApi {
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_SHOWN = 1_000;
    private static final String NO_HOST = "(no host)";

    private final TakeSignals take;
    private final HealthQueries queries;
    private final Symptoms symptoms;
    private final Groups groups;
    private final InstantSource clock;

    public SignalsApi(
            TakeSignals take,
            HealthQueries queries,
            Symptoms symptoms,
            Groups groups,
            InstantSource clock) {
        this.take = take;
        this.queries = queries;
        this.symptoms = symptoms;
        this.groups = groups;
        this.clock = clock;
    }

    /// Signals as they are told.
    ///
    /// @param signals up to 1000
    record Told(@Nullable List<One> signals) {}

    /// @param severity `info`, `warning`, `error` or `critical`
    /// @param at when it began; now if left out
    /// @param endedAt when it was over; left out while it lasts
    record One(
            @Nullable String host,
            @Nullable String kind,
            @Nullable String severity,
            @Nullable Instant at,
            @Nullable Instant endedAt,
            @Nullable String detail) {
        Signal signal(Instant now) {
            return new Signal(
                    present(host, "host"),
                    present(kind, "kind"),
                    rated(present(severity, "severity"))
                            .orElseThrow(
                                    () ->
                                            Problem.invalid(
                                                    "signal-invalid",
                                                    "severity is '%s'; expected info, warning, error or critical."
                                                            .formatted(severity))),
                    Objects.requireNonNullElse(at, now),
                    endedAt,
                    Objects.requireNonNullElse(detail, ""));
        }
    }

    /// A query as it shall be.
    ///
    /// @param group of the whole fleet if left out
    /// @param breachedWhen `above` or `below`
    /// @param hostLabel `instance` if left out
    record Wanted(
            Optional<String> group,
            @Nullable String url,
            @Nullable String query,
            @Nullable String breachedWhen,
            @Nullable Double threshold,
            Optional<String> hostLabel) {}

    @GetMapping("/symptoms")
    @Operation(summary = "What was seen to be worse on hosts than before, what lasts first")
    Items<Symptoms.Shown> newest(@RequestParam(defaultValue = "100") int limit) {
        return new Items<>(symptoms.newest(Math.clamp(limit, 1, MOST_SHOWN)));
    }

    @PostMapping("/signals")
    @Operation(
            summary =
                    "Tell what a SIEM or a monitoring system sees on hosts; all is taken, or nothing")
    TakeSignals.Taken tell(Operator operator, HttpServletRequest request) {
        Instant now = clock.instant();
        return take.take(
                operator.actor(),
                present(read(request, Told.class).signals(), "signals").stream()
                        .map(one -> present(one, "a signal").signal(now))
                        .toList());
    }

    @PostMapping("/signals/alertmanager")
    @Operation(
            summary =
                    "Take the webhook of Alertmanager; the label `host` or `instance` names the host")
    TakeSignals.Taken alertmanager(Operator operator, HttpServletRequest request) {
        return take.take(
                operator.actor(), read(request, AlertmanagerHook.class).signals(clock.instant()));
    }

    @GetMapping("/health-queries")
    @Operation(summary = "What Prometheus is asked, and what came of it last")
    Items<HealthQueries.Asked> queries() {
        return new Items<>(queries.all());
    }

    @PutMapping("/health-queries/{name}")
    @Needs(Role.ADMIN)
    @Operation(summary = "Set what Prometheus is asked again and again")
    Items<HealthQueries.Asked> set(
            Operator operator, @PathVariable String name, @RequestBody Wanted wanted) {
        String group = wanted.group().orElse("");
        if (!group.isEmpty() && groups.all().stream().noneMatch(g -> g.name().equals(group))) {
            throw Problem.notFound("group-not-found", "There is no group '%s'.".formatted(group));
        }
        queries.set(
                operator.actor(),
                new HealthQuery(
                        name,
                        group,
                        uri(present(wanted.url(), "url")),
                        present(wanted.query(), "query"),
                        side(present(wanted.breachedWhen(), "breachedWhen")),
                        present(wanted.threshold(), "threshold"),
                        wanted.hostLabel().orElse("instance")));
        return queries();
    }

    @DeleteMapping("/health-queries/{name}")
    @Needs(Role.ADMIN)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Ask this no more")
    void remove(Operator operator, @PathVariable String name) {
        queries.remove(operator.actor(), name);
    }

    private static <T> T read(HttpServletRequest request, Class<T> type) {
        byte[] body = AgentBody.read(request, MOST_BYTES);
        try {
            return Json.read(body, type);
        } catch (RuntimeException e) {
            throw Problem.invalid(
                    "body-unreadable",
                    "The body cannot be read as JSON of the form that is expected: %s"
                            .formatted(
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
        }
    }

    static <T> T present(@Nullable T value, String name) {
        if (value == null) {
            throw Problem.invalid("value-missing", name + " is missing.");
        }
        return value;
    }

    private static Optional<Signal.Severity> rated(String severity) {
        return switch (severity.toLowerCase(Locale.ROOT)) {
            case "info", "none" -> Optional.of(Signal.Severity.INFO);
            case "warning" -> Optional.of(Signal.Severity.WARNING);
            case "error" -> Optional.of(Signal.Severity.ERROR);
            case "critical" -> Optional.of(Signal.Severity.CRITICAL);
            default -> Optional.empty();
        };
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException _) {
            throw Problem.invalid(
                    "health-query-invalid", "url is '%s', which is no URL.".formatted(text));
        }
    }

    private static HealthQuery.Side side(String text) {
        return switch (text) {
            case "above" -> HealthQuery.Side.ABOVE;
            case "below" -> HealthQuery.Side.BELOW;
            default ->
                    throw Problem.invalid(
                            "health-query-invalid",
                            "breachedWhen is '%s'; expected above or below.".formatted(text));
        };
    }

    /// The part of Alertmanager's webhook that is used; version 4 of the format.
    ///
    /// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
    record AlertmanagerHook(@Nullable String version, @Nullable List<Alert> alerts) {
        List<Signal> signals(Instant now) {
            if (!"4".equals(version)) {
                throw Problem.invalid(
                        "webhook-version",
                        "The webhook has version '%s'; 4 is understood.".formatted(version));
            }
            return present(alerts, "alerts").stream()
                    .map(alert -> present(alert, "an alert").signal(now))
                    .toList();
        }
    }

    /// @param status `firing` or `resolved`
    record Alert(
            @Nullable String status,
            @Nullable Map<String, String> labels,
            @Nullable Map<String, String> annotations,
            @Nullable Instant startsAt,
            @Nullable Instant endsAt) {
        /// An alert whose severity is not known is taken to be serious; one that names no host is
        /// told back as being about an unknown one.
        Signal signal(Instant now) {
            Map<String, String> named = present(labels, "labels");
            Map<String, String> notes = Objects.requireNonNullElse(annotations, Map.of());
            boolean resolved =
                    switch (present(status, "status")) {
                        case "firing" -> false;
                        case "resolved" -> true;
                        default ->
                                throw Problem.invalid(
                                        "signal-invalid",
                                        "status is '%s'; expected firing or resolved."
                                                .formatted(status));
                    };
            String text = notes.getOrDefault("summary", notes.getOrDefault("description", ""));
            return new Signal(
                    named.getOrDefault("host", named.getOrDefault("instance", NO_HOST)),
                    present(named.get("alertname"), "label alertname"),
                    rated(named.getOrDefault("severity", "")).orElse(Signal.Severity.CRITICAL),
                    present(startsAt, "startsAt"),
                    resolved ? Objects.requireNonNullElse(endsAt, now) : null,
                    text.length() > 1_000 ? text.substring(0, 1_000) : text);
        }
    }
}
