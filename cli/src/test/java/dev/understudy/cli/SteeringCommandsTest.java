package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.app.TestServer;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.SignedOrder;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;

/// What people steer rollouts with, against the whole server with hosts that a test speaks for.
class SteeringCommandsTest {
    @TempDir static Path data;
    private static WebServerApplicationContext server;
    private static TestFleet fleet;
    private static Database database;

    private record Said(int code, String out, String err) {}

    @BeforeAll
    static void start() {
        server = TestServer.start(data);
        database = server.getBean(Database.class);
        fleet = TestFleet.on(database, InstantSource.system());
    }

    @AfterAll
    static void stop() {
        ((ConfigurableApplicationContext) server).close();
    }

    @Test
    void anHaGroupIsMadeChangedShownAndForgotten() {
        host("db-1", "data");
        host("db-2", "data");
        host("db-3", "data");
        assertThat(ok("ha", "set", "db", "--quorum", "1", "db-1", "db-2"))
                .contains("HA group db: 2 hosts, 1 have to stay in service, 2 are.", "db-1");
        assertThat(ok("ha", "add", "db", "db-3")).contains("3 hosts");
        assertThat(ok("ha")).contains("db", "3 of 3");
        assertThat(ok("ha", "set", "db", "--quorum", "50%", "db-1", "db-2", "db-3"))
                .contains("3 hosts, 2 have to stay");
        assertThat(ok("ha", "remove", "db", "db-3")).contains("2 hosts").doesNotContain("db-3");
        assertThat(ok("ha", "confirm", "db", "db-1", "--reason", "I looked")).contains("yes");
        assertThat(ok("ha", "show", "db", "--json")).contains("\"quorum\"", "\"50%\"");
        assertThat(understudy("ha", "set", "db", "--quorum", "many", "db-1"))
                .returns(1, Said::code)
                .satisfies(said -> assertThat(said.err()).contains("many"));
        assertThat(understudy("ha", "set", "db", "--quorum", "1", "nobody"))
                .returns(1, Said::code)
                .satisfies(said -> assertThat(said.err()).contains("nobody"));
        assertThat(ok("ha", "delete", "db")).contains("Deleted.");
        assertThat(understudy("ha", "show", "db")).returns(1, Said::code);
    }

    @Test
    void aSequenceIsKeptAndACircleRefused() {
        host("first", "ordered");
        host("second", "ordered");
        assertThat(ok("sequence", "add", "second", "--after", "first"))
                .contains("second is changed only after first.");
        assertThat(ok("sequence")).contains("COMES AFTER", "second", "first");
        assertThat(understudy("sequence", "add", "first", "--after", "second"))
                .returns(1, Said::code)
                .satisfies(said -> assertThat(said.err()).isNotBlank());
        assertThat(ok("sequence", "remove", "second", "--after", "first")).contains("Removed.");
        assertThat(ok("sequence")).contains("No host has to wait for another.");
    }

    @Test
    void budgetsAndCapacityAreSetAndTakenBack() {
        host("limited", "limited");
        assertThat(ok("limits", "budget", "--group", "limited", "--most", "10%"))
                .contains("group limited", "10%");
        assertThat(ok("limits", "capacity", "--applies", "50", "--rehearsals", "200"))
                .contains("At once: at most 50 applies, at most 200 rehearsals.");
        assertThat(ok("limits", "budget", "--group", "limited")).doesNotContain("group limited");
        assertThat(ok("limits", "capacity"))
                .contains("any number of applies, any number of rehearsals");
        assertThat(understudy("limits", "budget", "--group", "limited", "--most", "all"))
                .returns(1, Said::code);
    }

    @Test
    void aRolloutSaysWhatItIsExpectedToBreakAndOnWhichRehearsalsItRests() {
        host("cast-1", "cast");
        host("cast-2", "cast");
        ok("groups", "set", "cast", "--autonomy", "recommend", "--rehearse", "per-class");
        String id = started("cast");
        assertThat(ok("rollout", "forecast", id))
                .contains(
                        "Forecast: ",
                        "of 2 hosts fail",
                        "bookworm/openssl/",
                        "the same, bit by bit",
                        "the record does, too");
        assertThat(ok("rollout", "show", id))
                .contains("Forecast: ", "2 hosts of 2 classes: 2 rehearsed");
        assertThat(ok("rollout", "rehearsals", id)).contains("CLASS", "50.0 %", "none");
        assertThat(ok("rollout", "rehearsals", id, "--hosts"))
                .contains("cast-1", "It rehearsed itself.");
        assertThat(ok("calibration")).contains("No forecast was scored yet");
        // What its record says now is not what was said.
        database.sql(
                        """
                        update learning.forecasts
                        set record = jsonb_set(record, '{inputs,parts,0,known,version}',
                                               '{"all": 90, "bad": 45}')
                        where rollout = :rollout
                        """)
                .param("rollout", UUID.fromString(id))
                .update();
        assertThat(understudy("rollout", "forecast", id))
                .returns(Failure.NEGATIVE, Said::code)
                .satisfies(said -> assertThat(said.out()).contains("DIFFERENT", "DOES NOT"));
        ok("rollout", "halt", id, "--reason", "over");
    }

    @Test
    void anApprovalIsBoundToTheTextThatWasSeen() throws Exception {
        HostId host = host("bound-1", "bound");
        ok("groups", "set", "bound", "--autonomy", "approve");
        String id = started("bound");
        assertThat(ok("rollout", "approvals", id)).contains("Nobody approved anything of it.");
        rehearse(host);
        until("has to approve the plans", "rollout", "show", id);
        String plan = ok("rollout", "plan", id);
        assertThat(plan).startsWith("understudy plan 1").contains(host.toString(), "wave 1");
        String hash = ok("rollout", "plan", id, "--hash").strip();
        assertThat(Sha256.of((plan.stripTrailing() + "\n").getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(hash);
        assertThat(understudy("rollout", "approve", id, "--plan", "0".repeat(64)))
                .returns(1, Said::code)
                .satisfies(said -> assertThat(said.err()).contains("The plans changed"));
        assertThat(
                        ok(
                                "rollout",
                                "approve",
                                id,
                                "--plan",
                                hash.substring(0, 12),
                                "--reason",
                                "seen"))
                .contains("Approved, plan " + hash.substring(0, 12));
        assertThat(ok("rollout", "approvals", id)).contains(hash, "as hashed", "seen");
        assertThat(ok("rollout", "show", id)).contains("Approved by", hash.substring(0, 12));
        ok("rollout", "halt", id, "--reason", "over");
    }

    @Test
    void anAnnouncedRolloutIsObjectedToAndAnnouncedAnew() throws Exception {
        HostId host = host("veto-1", "veto");
        ok("groups", "set", "veto", "--autonomy", "veto");
        String id = started("veto");
        rehearse(host);
        until("are announced", "rollout", "show", id);
        assertThat(understudy("rollout", "object", id))
                .returns(1, Said::code)
                .satisfies(said -> assertThat(said.err()).contains("Say why"));
        assertThat(ok("rollout", "object", id, "--reason", "the shop is open"))
                .contains("does not start", "the shop is open");
        assertThat(ok("rollout", "show", id)).contains("objected at", "the shop is open");
        assertThat(understudy("rollout", "approve", id)).returns(1, Said::code);
        assertThat(ok("rollout", "lift", id, "--reason", "it is closed"))
                .contains("is announced anew");
        assertThat(ok("rollout", "show", id)).contains("Lifted by", "it is closed");
        ok("rollout", "halt", id, "--reason", "over");
    }

    @Test
    void evidenceThatHostsSecuredIsShownAndWhatIsMissingCounts() {
        HostId host = host("triage-1", "triage");
        ok("groups", "set", "triage", "--autonomy", "recommend");
        String id = started("triage");
        assertThat(ok("rollout", "triage", id)).contains("No host of it was to secure evidence");
        triage(
                id,
                host,
                """
                {"type": "Kept", "file": "/var/lib/understudy/triage/t.zip", "sha256": "%s",
                 "bytes": 4096, "incomplete": ["memory was left out"]}"""
                        .formatted("a".repeat(64)));
        assertThat(ok("rollout", "triage", id))
                .contains("a".repeat(64), "4096", "t.zip", "memory was left out");
        triage(id, host, "{\"type\": \"Missing\", \"why\": \"its owner refuses\"}");
        assertThat(understudy("rollout", "triage", id))
                .returns(Failure.NEGATIVE, Said::code)
                .satisfies(said -> assertThat(said.out()).contains("MISSING: its owner refuses"));
        ok("rollout", "halt", id, "--reason", "over");
    }

    @Test
    void aDeadlineInDangerIsToldUntilSomebodyKnows() {
        host("late-1", "late");
        ok("groups", "set", "late", "--autonomy", "recommend");
        String id = started("late");
        assertThat(ok("escalations")).contains("No deadline is in danger.");
        database.sql(
                        """
                        insert into rollout.escalations
                            (id, rollout, group_name, cause, due, sentence, raised_at, told_at, told)
                        values (gen_random_uuid(), :rollout, 'late', 'PACE',
                                now() + interval '1 hour', 'It is too slow.', now(), now(), 1)
                        """)
                .param("rollout", UUID.fromString(id))
                .update();
        assertThat(understudy("escalations"))
                .returns(Failure.NEGATIVE, Said::code)
                .satisfies(said -> assertThat(said.out()).contains("nobody", "It is too slow."));
        assertThat(ok("status")).contains("DEADLINE IN DANGER", "It is too slow.");
        String brief = id.substring(id.length() - 8);
        assertThat(ok("escalations", "ack", brief, "--note", "on it"))
                .contains("Noted that you know.", "It is too slow.");
        assertThat(ok("escalations")).contains("operator").doesNotContain("nobody");
        assertThat(understudy("escalations", "ack", brief))
                .returns(Failure.REFUSED, Said::code)
                .satisfies(said -> assertThat(said.err()).contains("waits for anybody"));
        ok("rollout", "halt", id, "--reason", "over");
    }

    @Test
    void aGroupWithoutARolloutForWhatIsDueIsToldUntilSomebodyKnows() {
        host("idle-1", "idle");
        database.sql(
                        """
                        insert into rollout.unplanned
                            (id, group_name, patch, due, sentence, raised_at, told_at, told)
                        values (gen_random_uuid(), 'idle', 'bookworm/openssl/2',
                                now() + interval '1 hour', 'No rollout brings it.', now(), now(), 1)
                        """)
                .update();
        assertThat(understudy("escalations"))
                .returns(Failure.NEGATIVE, Said::code)
                .satisfies(
                        said ->
                                assertThat(said.out())
                                        .contains("group idle", "unplanned", "nobody"));
        assertThat(ok("status"))
                .contains(
                        "DEADLINE IN DANGER, group idle: No rollout brings it.",
                        "understudy escalations ack idle");
        assertThat(ok("escalations", "ack", "idle", "--note", "tonight"))
                .contains("Noted that you know.", "No rollout brings it.");
        assertThat(ok("escalations")).contains("operator").doesNotContain("nobody");
        database.sql("delete from rollout.unplanned").update();
    }

    @Test
    void whoStoppedTheFleetIsSaidWhereverARolloutIsLookedAt() {
        host("stopped-1", "stopped");
        ok("groups", "set", "stopped", "--autonomy", "recommend");
        String id = started("stopped");
        assertThat(ok("rollout", "show", id)).doesNotContain("THE FLEET IS STOPPED");
        assertThat(ok("stop-all", "--reason", "A fire."))
                .contains("THE FLEET IS STOPPED since", "A fire.", "From 60 s after that on");
        for (String[] looking :
                List.of(
                        new String[] {"rollout", "show", id},
                        new String[] {"status"},
                        new String[] {"stop-all", "--show"})) {
            assertThat(ok(looking)).contains("THE FLEET IS STOPPED since", "A fire.");
        }
        assertThat(ok("stop-all", "--reason", "Me too."))
                .as("the first stop stays, and whose it is")
                .contains("A fire.")
                .doesNotContain("Me too.");
        assertThat(ok("stop-all", "--release")).contains("Released.");
        assertThat(ok("stop-all", "--show")).contains("Not stopped.");
        ok("rollout", "halt", id, "--reason", "over");
    }

    private static HostId host(String name, String group) {
        HostId host = fleet.enrol(name, group, SampleInventory.with("3.0.15-1~deb12u1"));
        fleet.checkIn(host, List.of());
        return host;
    }

    /// The id of a rollout that was started for the group.
    private static String started(String group) {
        String said = ok("rollout", "start", "--group", group, "--json");
        return Json.parse(said.substring(said.indexOf('{'))).text("summary.id");
    }

    /// The host takes up what it was ordered to rehearse, and passes.
    private static void rehearse(HostId host) throws WireException {
        for (SignedOrder signed : fleet.checkIn(host, List.of()).orders()) {
            Order order = Wire.decode(Base64.getDecoder().decode(signed.payload()), Order.class);
            if (order.body() instanceof OrderBody.Rehearse(var plan, _, _)) {
                fleet.report(
                        host,
                        order.id(),
                        new Report.Accepted(),
                        new Report.Rehearsed(
                                new RehearsalResult(
                                        RehearsalResult.Verdict.PASSED,
                                        plan.digest(),
                                        List.of(),
                                        List.of(),
                                        4,
                                        12,
                                        List.of(),
                                        List.of(),
                                        0,
                                        List.of(),
                                        1 << 20,
                                        List.of())));
                return;
            }
        }
        throw new AssertionError("it was not asked to rehearse");
    }

    private static void triage(String rollout, HostId host, String outcome) {
        database.sql(
                        """
                        insert into rollout.triages (order_id, rollout, host, at, outcome)
                        values (gen_random_uuid(), :rollout, :host, now(), :outcome::jsonb)
                        """)
                .param("rollout", UUID.fromString(rollout))
                .param("host", host.value())
                .param("outcome", outcome)
                .update();
    }

    private static String until(String words, String... line) throws InterruptedException {
        String said = "";
        for (int i = 0; i < 300; i++) {
            said = ok(line);
            if (said.toLowerCase(java.util.Locale.ROOT).contains(words)) {
                return said;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("never '%s': %s".formatted(words, said));
    }

    private static String ok(String... line) {
        Said said = understudy(line);
        assertThat(said.code()).as("%s: %s %s", List.of(line), said.out(), said.err()).isZero();
        return said.out();
    }

    private static Said understudy(String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        int port = Objects.requireNonNull(server.getWebServer()).getPort();
        all.addAll(
                List.of(
                        "--url",
                        "http://127.0.0.1:" + port,
                        "--token-file",
                        data.resolve("operator.token").toString()));
        PrintStream usual = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine cli = Main.commandLine();
            cli.setErr(new PrintWriter(err, true));
            int code = cli.execute(all.toArray(String[]::new));
            return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(usual);
        }
    }
}
