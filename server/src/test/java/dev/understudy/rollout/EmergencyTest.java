package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedImport;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.TriageOutcome;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.rollout.Rollout.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What is due within three days: a soak of its own, and evidence before patching.
class EmergencyTest {
    private static final String CVE = "CVE-2026-4242";
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    @TempDir Path folder = Path.of("");

    private Pooled pool;
    private World world;
    private SimulatedAgent agent;

    @BeforeEach
    void empty() throws IOException {
        pool = new Pooled(DATABASE.get());
        Database database = pool.database();
        Emptied.all(database);
        world = new World(database);
        agent = world.agent("web-1", "curl");
        agent.cves = List.of(CVE);
        Path kev =
                Files.writeString(
                        folder.resolve("kev.json"),
                        """
                        {"title": "CISA Catalog", "catalogVersion": "2026.11.22",
                         "dateReleased": "2026-11-22T12:00:00.000Z", "count": 1,
                         "vulnerabilities": [
                          {"cveID": "%s", "vendorProject": "curl", "product": "curl",
                           "vulnerabilityName": "curl", "dateAdded": "2026-11-22",
                           "shortDescription": "", "requiredAction": "",
                           "dueDate": "2026-11-25", "knownRansomwareCampaignUse": "Unknown",
                           "notes": "", "cwes": []}]}
                        """
                                .formatted(CVE));
        assertThat(world.feeds.importFrom("kev", kev.toUri(), "token:ann").outcome())
                .isIn(FeedImport.Outcome.IMPORTED, FeedImport.Outcome.UNCHANGED);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private void rules(@Nullable Duration soak, GroupAutonomy.Triage triage) {
        world.module
                .autonomies()
                .put(
                        "token:ann",
                        new GroupAutonomy(
                                "web", List.of(), Duration.ofHours(1), soak, triage, false));
    }

    private String certificate(Rollout rollout) {
        return world.module.certificates().find(rollout.id()).map(Certificate::sentence).orElse("");
    }

    @Test
    void anEmergencySoaksForAShorterTimeAndSaysSoWhereverItPromisesSomething() {
        rules(Duration.ofSeconds(10), GroupAutonomy.Triage.NEVER);
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        Rollout rollout = world.newest();
        assertThat(rollout.state()).isInstanceOf(State.Completed.class);
        assertThat(rollout.terms().soak()).isEqualTo(Duration.ofSeconds(10));
        assertThat(certificate(rollout)).contains("soaks for 10 s instead of 30 s", "unchanged");
        assertThat(world.module.consents().of(rollout).emergency()).contains("10 s");
        assertThat(agent.triage).isNull();
    }

    @Test
    void whatIsNoEmergencyWaitsAndSoaksAsUsual() {
        SimulatedAgent other = world.agent("web-2", "vim");
        rules(Duration.ofSeconds(10), GroupAutonomy.Triage.NEVER);
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> "2".equals(other.installed().get("vim")));
        world.until(world::ended);
        List<Rollout> both = world.module.rollouts().newest(5);
        assertThat(both).hasSize(2);
        assertThat(both.getLast().terms().soak()).isEqualTo(Duration.ofSeconds(10));
        assertThat(both.getFirst().terms().soak()).isEqualTo(Duration.ofSeconds(30));
        assertThat(certificate(both.getFirst())).doesNotContain("Emergency");
    }

    @Test
    void aFailureHaltsAnEmergencyAsItHaltsEverythingElse() {
        SimulatedAgent second = world.agent("web-2", "curl");
        second.cves = List.of(CVE);
        agent.failOnHost.add("curl");
        second.failOnHost.add("curl");
        rules(Duration.ZERO, GroupAutonomy.Triage.NEVER);
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(State.Halted.class);
        assertThat(agent.changes + second.changes).isEqualTo(1);
    }

    /// Known exploited, exposed and of unknown impact: the directive asks for forensic triage.
    @Test
    void evidenceIsSecuredWhereTheDirectiveAsksAndItsHashIsAudited() {
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(Objects.requireNonNull(agent.triage).mayFail()).isFalse();
        RolloutId id = world.newest().id();
        assertThat(world.module.consents().triage(id))
                .singleElement()
                .satisfies(
                        entry -> {
                            assertThat(entry.host()).isEqualTo(agent.host);
                            assertThat(entry.outcome()).isInstanceOf(TriageOutcome.Kept.class);
                        });
        assertThat(exported())
                .filteredOn(line -> line.contains("rollout.triage-secured"))
                .filteredOn(line -> line.contains(id.toString()))
                .singleElement()
                .asString()
                .contains("a".repeat(64));
    }

    @Test
    void anAgentThatSaysNothingOfEvidenceHasNone() {
        agent.knowsTriage = false;
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(world.module.consents().triage(world.newest().id()))
                .singleElement()
                .extracting(Triages.Entry::outcome)
                .isInstanceOf(TriageOutcome.Missing.class);
    }

    @Test
    void whereNobodyAsksNoEvidenceIsSecured() {
        agent.cves = List.of();
        world.policy(Autonomy.AUTOMATIC);
        world.until(world::ended);
        assertThat(agent.triage).isNull();
        assertThat(agent.installed()).isEqualTo(Map.of("curl", "2"));
    }

    @Test
    void whatOnlyWaitsGivesWayToAnEmergency() {
        agent.cves = List.of();
        world.policy(Autonomy.APPROVE);
        world.until(
                () ->
                        !world.module.rollouts().newest(1).isEmpty()
                                && world.newest().state() instanceof State.AwaitingApproval);
        RolloutId routine = world.newest().id();
        agent.cves = List.of(CVE);
        world.module
                .autonomies()
                .put(
                        "token:ann",
                        new GroupAutonomy(
                                "web",
                                List.of(
                                        new AutonomyRule(
                                                null,
                                                DeadlineClass.THREE_DAYS,
                                                Autonomy.AUTOMATIC,
                                                null)),
                                Duration.ofHours(1),
                                null,
                                GroupAutonomy.Triage.NEVER,
                                false));
        world.until(() -> "2".equals(agent.installed().get("curl")));
        assertThat(world.module.rollouts().get(routine).state())
                .isInstanceOfSatisfying(
                        State.Completed.class,
                        completed ->
                                assertThat(completed.summary())
                                        .contains(
                                                "gave way to an emergency: bookworm/curl/2",
                                                "rule 1 of group web (three days)"));
    }

    @Test
    void whatAPersonHoldsGivesNoWay() {
        agent.cves = List.of();
        rules(null, GroupAutonomy.Triage.NEVER);
        world.policy(Autonomy.VETO);
        world.until(
                () ->
                        !world.module.rollouts().newest(1).isEmpty()
                                && world.newest().state() instanceof State.Announced);
        world.module.steer().object(world.newest().id(), "token:bob", "Not now.");
        agent.cves = List.of(CVE);
        world.ticks(60);
        assertThat(world.newest().state()).isInstanceOf(State.Objected.class);
        assertThat(agent.changes).isZero();
    }

    private List<String> exported() {
        List<String> lines = new ArrayList<>();
        world.fleet.audit.export(0, lines::add);
        return lines;
    }
}
