package dev.understudy.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.Symptoms;
import dev.understudy.fleet.TestFleet;
import dev.understudy.integration.AskPrometheus.Answer;
import dev.understudy.integration.AskPrometheus.One;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SignalsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private Pooled pool;
    private Symptoms symptoms;
    private TakeSignals take;
    private HealthQueries queries;
    private QueriedSignals signals;
    private WatchHealth watch;
    private HostId web;
    private HostId other;

    @BeforeEach
    void fleet() {
        pool = new Pooled(DATABASE.get());
        Database database = pool.database();
        database.sql("truncate fleet.hosts, integration.health_queries cascade").update();
        TestFleet fleet = TestFleet.on(database, clock);
        symptoms = new Symptoms(database);
        take = new TakeSignals(database, fleet.hosts, symptoms, fleet.outbox, fleet.audit, clock);
        queries = new HealthQueries(database, fleet.audit, clock);
        signals = new QueriedSignals(queries, clock);
        watch =
                new WatchHealth(
                        database,
                        queries,
                        Path.of("none"),
                        fleet.hosts,
                        symptoms,
                        fleet.outbox,
                        clock);
        web = fleet.enrol("web-1", "web");
        other = fleet.enrol("db-1", "db");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void aSignalIsASymptomUntilItIsOver() {
        assertThat(take.take("token:siem", List.of(signal("web-1:9100", "Slow"))))
                .isEqualTo(new TakeSignals.Taken(1, 0, 0, List.of()));
        assertThat(take.take("token:siem", List.of(signal("web-1", "Slow"))))
                .isEqualTo(new TakeSignals.Taken(0, 0, 1, List.of()));
        assertThat(shown()).isEqualTo(Map.of(web, Set.of("signal Slow")));
        assertThat(
                        take.take(
                                "token:siem",
                                List.of(
                                        new Signal(
                                                "web-1",
                                                "Slow",
                                                Signal.Severity.ERROR,
                                                clock.instant(),
                                                clock.instant(),
                                                ""))))
                .isEqualTo(new TakeSignals.Taken(0, 1, 0, List.of()));
        assertThat(symptoms.open("token:siem")).isEmpty();
    }

    @Test
    void whatIsNotBadEnoughOrAboutNobodyDoesNotCountAndIsToldBack() {
        assertThat(
                        take.take(
                                "token:siem",
                                List.of(
                                        new Signal(
                                                "web-1",
                                                "Slow",
                                                Signal.Severity.WARNING,
                                                clock.instant(),
                                                null,
                                                ""),
                                        signal("nobody", "Slow"))))
                .isEqualTo(new TakeSignals.Taken(0, 0, 1, List.of("nobody")));
        assertThat(shown()).isEmpty();
    }

    @Test
    void oneThatCannotBeRightRefusesAll() {
        Instant now = clock.instant();
        for (Signal wrong :
                List.of(
                        signal("", "Slow"),
                        signal("web-1", "; drop table"),
                        signal("web-1", "x".repeat(101)),
                        at(now.plus(Duration.ofHours(1))),
                        at(now.minus(Duration.ofDays(31))))) {
            assertThatThrownBy(
                            () -> take.take("token:siem", List.of(signal("web-1", "Slow"), wrong)))
                    .isInstanceOf(Problem.class);
        }
        assertThatThrownBy(
                        () ->
                                take.take(
                                        "token:siem",
                                        Collections.nCopies(
                                                TakeSignals.MOST + 1, signal("web-1", "Slow"))))
                .isInstanceOf(Problem.class);
        assertThat(shown()).isEmpty();
    }

    @Test
    void aHostKeepsNoMoreSymptomsThanOneCanRead() {
        List<Signal> many =
                java.util.stream.IntStream.range(0, 300)
                        .mapToObj(i -> signal("web-1", "Kind" + i))
                        .toList();
        assertThat(take.take("token:siem", many).began()).isEqualTo(200);
    }

    @Test
    void aBreachIsASymptomOfItsHostUntilItIsOver() {
        HealthQuery query = query("");
        queries.set("token:alice", query);
        watch.take(query, series(0, 1));
        assertThat(shown()).isEqualTo(Map.of(web, Set.of("signal Up")));
        assertThat(signals.doubt("web")).isEmpty();
        watch.take(query, series(1, 1));
        assertThat(symptoms.open("prometheus:Up")).isEmpty();
    }

    @Test
    void aQueryOfAGroupSaysNothingOfOthers() {
        HealthQuery query = query("web");
        queries.set("token:alice", query);
        watch.take(query, series(0, 0));
        assertThat(shown()).isEqualTo(Map.of(web, Set.of("signal Up")));
        watch.take(query, new Answer.Unknown("HTTP 503: away"));
        assertThat(signals.doubt("web")).isPresent();
        assertThat(signals.doubt("db")).isEmpty();
    }

    @Test
    void notKnownIsNotGood() {
        HealthQuery query = query("");
        assertThat(signals.doubt("web")).isEmpty();
        queries.set("token:alice", query);
        assertThat(signals.doubt("web")).hasValueSatisfying(d -> contains(d, "not answered yet"));
        watch.take(query, series(0, 1));
        watch.take(query, new Answer.Unknown("ConnectException: refused"));
        assertThat(signals.doubt("web")).hasValueSatisfying(d -> contains(d, "refused"));
        assertThat(symptoms.open("prometheus:Up")).containsKey(web);
        watch.take(query, series(1, 1));
        assertThat(signals.doubt("web")).isEmpty();
        clock.pass(Duration.ofMinutes(3));
        assertThat(signals.doubt("web")).hasValueSatisfying(d -> contains(d, "answered last"));
    }

    @Test
    void aBreachWithoutAKnownHostSpeaksAgainstEveryPromotion() {
        HealthQuery query = query("");
        queries.set("token:alice", query);
        watch.take(query, new Answer.Series(List.of(new One(Map.of("instance", "lb-9"), 0))));
        assertThat(signals.doubt("web")).hasValueSatisfying(d -> contains(d, "lb-9"));
        assertThat(shown()).isEmpty();
    }

    @Test
    void queriesAreSetReplacedAndRemovedOnTheRecord() {
        queries.set("token:alice", query("web"));
        queries.set("token:alice", query(""));
        assertThat(queries.all()).singleElement().extracting("query").isEqualTo(query(""));
        queries.remove("token:alice", "Up");
        assertThat(queries.all()).isEmpty();
        assertThatThrownBy(() -> queries.remove("token:alice", "Up")).isInstanceOf(Problem.class);
    }

    private static void contains(String text, String part) {
        assertThat(text).contains(part);
    }

    private Map<HostId, Set<String>> shown() {
        return symptoms.since(List.of(web, other), clock.instant().minus(Duration.ofDays(1)));
    }

    private static Answer series(double onWeb, double onOther) {
        return new Answer.Series(
                List.of(
                        new One(Map.of("instance", "web-1:9100"), onWeb),
                        new One(Map.of("instance", "db-1:9100"), onOther)));
    }

    private static HealthQuery query(String group) {
        return new HealthQuery(
                "Up",
                group,
                URI.create("https://prometheus.example"),
                "up",
                HealthQuery.Side.BELOW,
                1,
                "instance");
    }

    private Signal signal(String host, String kind) {
        return new Signal(host, kind, Signal.Severity.ERROR, clock.instant(), null, "");
    }

    private static Signal at(Instant at) {
        return new Signal("web-1", "Slow", Signal.Severity.ERROR, at, null, "");
    }
}
