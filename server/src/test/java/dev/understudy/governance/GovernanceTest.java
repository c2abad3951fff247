package dev.understudy.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GovernanceTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();
    private Instant now = Instant.parse("2026-11-23T10:00:00Z");
    private final InstantSource clock = () -> now;
    private final AuditTrail audit = new AuditTrail(database, clock);
    private final Outbox outbox = new Outbox(database, clock);
    private final Policies policies = new Policies(database, audit, outbox, clock);
    private final FleetStop stop =
            new FleetStop(database, audit, outbox, clock, FleetStop.ReleaseBy.ONE);
    private final Operators operators = new Operators(database, audit, clock);

    @Test
    void aGroupNobodyDecidedAboutIsOnlyObserved() {
        assertThat(policies.forGroup("unassigned").autonomy()).isEqualTo(Autonomy.OBSERVE);
        assertThat(policies.forGroup("unassigned").reboot()).isEqualTo(RebootPolicy.NEVER);
    }

    @Test
    void aPolicyHoldsUntilItIsReplacedAndEachChangeIsOnRecord() {
        long before = audit.head().sequence();
        Policy web =
                new Policy(
                        "web",
                        Autonomy.AUTOMATIC,
                        2,
                        Duration.ofSeconds(30),
                        50,
                        RebootPolicy.WHEN_NEEDED);
        policies.put("token:anna", Policy.undecided("web"));
        policies.put("token:anna", web);
        assertThat(policies.forGroup("web")).isEqualTo(web);
        assertThat(policies.decided()).contains(web);
        assertThat(audit.head().sequence()).isEqualTo(before + 2);
    }

    @Test
    void aStopStaysUntilItIsReleasedAndTheFirstReasonCounts() {
        assertThat(stop.current()).isEmpty();
        assertThatThrownBy(() -> stop.stop("token:anna", " ")).isInstanceOf(Problem.class);
        stop.stop("token:anna", "bad kernel");
        stop.stop("token:ben", "me too");
        assertThat(stop.current())
                .contains(new FleetStop.Stop("token:anna", "bad kernel", now, null));
        stop.release("token:ben");
        stop.release("token:ben");
        assertThat(stop.current()).isEmpty();
    }

    @Test
    void whereItTakesTwoNobodyReleasesTheFleetAlone() {
        FleetStop byTwo = new FleetStop(database, audit, outbox, clock, FleetStop.ReleaseBy.TWO);
        byTwo.stop("token:anna", "bad kernel");
        assertThat(byTwo.release("token:ben").orElseThrow().releaseWantedBy())
                .isEqualTo("token:ben");
        assertThatThrownBy(() -> byTwo.release("token:ben"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("another person");
        now = now.plus(Duration.ofHours(2));
        assertThat(byTwo.release("token:anna"))
                .as("ben's word is too old: anna's is the first")
                .isPresent();
        assertThat(byTwo.current()).isPresent();
        assertThat(byTwo.release("token:ben")).isEmpty();
        assertThat(byTwo.current()).isEmpty();
    }

    @Test
    void aTokenWorksUntilItIsRevokedOrExpires() {
        Operators.Issued issued =
                operators.issue("system", "ci", Role.OPERATOR, Optional.of(Duration.ofHours(1)));
        assertThat(operators.byToken(issued.secret()))
                .contains(new Operator(issued.id(), "ci", Role.OPERATOR));
        assertThat(operators.byToken(issued.secret() + "x")).isEmpty();
        assertThat(operators.byToken("")).isEmpty();
        assertThatThrownBy(() -> operators.issue("system", "ci", Role.ADMIN, Optional.empty()))
                .hasMessageContaining("already a token named 'ci'");
        now = now.plus(Duration.ofHours(1));
        assertThat(operators.byToken(issued.secret())).isEmpty();
        operators.revoke("system", issued.id());
        assertThat(operators.tokens()).noneMatch(token -> token.name().equals("ci"));
        assertThatThrownBy(() -> operators.revoke("system", UUID.randomUUID()))
                .hasMessageContaining("There is no token");
    }

    @Test
    void theDatabaseHasNoSecretInIt() {
        Operators.Issued issued =
                operators.issue("system", "hidden", Role.VIEWER, Optional.empty());
        String rows =
                database.sql("select string_agg(t::text, ' ') from governance.token t")
                        .query(String.class)
                        .single();
        assertThat(rows).contains("hidden").doesNotContain(issued.secret());
    }

    @Test
    void aConsoleLinkOpensOneSessionWithinTenMinutes() {
        Operators.Issued issued = operators.issue("system", "web", Role.ADMIN, Optional.empty());
        Operator anna = operators.byToken(issued.secret()).orElseThrow();
        String link = operators.consoleLink(anna);
        String session = operators.openSession(link).orElseThrow();
        assertThat(operators.bySession(session)).contains(anna);
        assertThat(operators.openSession(link)).as("used twice").isEmpty();
        String old = operators.consoleLink(anna);
        now = now.plus(Operators.LINK_LIFE);
        assertThat(operators.openSession(old)).as("too old").isEmpty();
        operators.sweep();
        assertThat(operators.bySession(session)).as("survives the sweep").contains(anna);
        operators.revoke("system", issued.id());
        assertThat(operators.bySession(session)).as("of a revoked token").isEmpty();
    }

    @Test
    void aRoleIncludesTheOnesBeforeIt() {
        assertThat(Role.ADMIN.includes(Role.VIEWER)).isTrue();
        assertThat(Role.OPERATOR.includes(Role.APPROVER)).isFalse();
    }
}
