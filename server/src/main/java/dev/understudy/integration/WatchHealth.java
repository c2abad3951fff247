package dev.understudy.integration;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Symptom;
import dev.understudy.fleet.SymptomTold;
import dev.understudy.fleet.Symptoms;
import dev.understudy.integration.AskPrometheus.Answer;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Asks every health query and keeps the symptoms of hosts by the answers. What is breached without
/// naming a host that is known is kept with the query. Without an answer what is open stays open.
public final class WatchHealth implements Runnable {
    private static final int NAMED = 5;

    private final Database database;
    private final HealthQueries queries;
    private final AskPrometheus prometheus;
    private final Hosts hosts;
    private final Symptoms symptoms;
    private final Outbox outbox;
    private final InstantSource clock;

    /// @param logins a folder with `HOST.authorization` for servers that ask for a login
    public WatchHealth(
            Database database,
            HealthQueries queries,
            Path logins,
            Hosts hosts,
            Symptoms symptoms,
            Outbox outbox,
            InstantSource clock) {
        this.database = database;
        this.queries = queries;
        this.prometheus = new AskPrometheus(logins);
        this.hosts = hosts;
        this.symptoms = symptoms;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    public void run() {
        for (HealthQueries.Asked asked : queries.all()) {
            try {
                take(asked.query(), prometheus.ask(asked.query()));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    void take(HealthQuery query, Answer answer) {
        switch (answer) {
            case Answer.Unknown(String problem) -> queries.failed(query.name(), problem);
            case Answer.Series(List<AskPrometheus.One> all) ->
                    database.inTransaction(() -> series(query, all));
        }
    }

    private void series(HealthQuery query, List<AskPrometheus.One> all) {
        Instant now = clock.instant();
        String source = "prometheus:" + query.name();
        String symptom = Symptom.signal(query.name());
        Map<HostId, Double> breached = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (AskPrometheus.One one : all) {
            if (query.breached(one.value())) {
                List<Host> named =
                        Instances.named(hosts, one.labels().getOrDefault(query.hostLabel(), ""));
                named.stream()
                        .filter(host -> query.concerns(host.group()))
                        .forEach(host -> breached.put(host.id(), one.value()));
                if (named.isEmpty()) {
                    unknown.add("%s of %s".formatted(one.value(), one.labels()));
                }
            }
        }
        breached.forEach(
                (host, value) -> {
                    String sentence =
                            "%s is %s, %s %s, by %s"
                                    .formatted(
                                            query.name(),
                                            value,
                                            query.breachedWhen() == HealthQuery.Side.ABOVE
                                                    ? "above"
                                                    : "below",
                                            query.threshold(),
                                            query.url());
                    if (symptoms.began(host, symptom, source, sentence, now)) {
                        outbox.publish(new SymptomTold(host, symptom, sentence, now));
                    }
                });
        Set<HostId> over = symptoms.open(source).keySet();
        over.stream()
                .filter(host -> !breached.containsKey(host))
                .forEach(host -> symptoms.ended(host, symptom, source, now));
        queries.answered(
                query.name(),
                unknown.isEmpty()
                        ? ""
                        : "breached without saying by which known host: "
                                + String.join(
                                        "; ", unknown.subList(0, Math.min(NAMED, unknown.size()))));
    }
}
