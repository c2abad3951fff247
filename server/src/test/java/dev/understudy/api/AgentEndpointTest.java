package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.Group;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.OrderState;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Wire;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class AgentEndpointTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private static final Duration HOUR = Duration.ofHours(1);

    private static final ManualClock CLOCK = new ManualClock();

    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir static Path folder;
    private static Database database;
    private static TestFleet fleet;
    private static AgentServer server;

    private final List<TestAgent> agents = new ArrayList<>();
    private final TestAgent agent = agent("host.p12");

    @BeforeAll
    static void start() throws Exception {
        database = DATABASE.get();
        fleet = TestFleet.on(database, CLOCK);
        server = new AgentServer(fleet, CLOCK, folder.resolve("tomcat"));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @AfterEach
    void hangUp() {
        agents.forEach(TestAgent::close);
        CLOCK.pass(Duration.ofDays(100));
    }

    private TestAgent agent(String keys) {
        TestAgent made =
                new TestAgent(
                        server.port(),
                        fleet.authority.fingerprint(),
                        folder.resolve(NUMBER.incrementAndGet() + keys));
        agents.add(made);
        return made;
    }

    private String token() {
        return fleet.tokens.create("test", Group.DEFAULT, HOUR).text();
    }

    private HostId enrol(TestAgent joining, String name) throws Exception {
        return enrol(joining, name, joining.newSigningRequest());
    }

    private HostId enrol(TestAgent joining, String name, String request) throws Exception {
        Enrolment.Answer answer =
                joining.post(
                        "enrol",
                        new Enrolment.Request(token(), name, "m", request),
                        Enrolment.Answer.class);
        joining.install(answer.certificatePem(), answer.authorityPem());
        return answer.host();
    }

    private static CheckIn idle(String digest) {
        return new CheckIn("1.0", "boot", digest, null, List.of(), List.of());
    }

    private static CheckIn idle() {
        return idle("0".repeat(64));
    }

    @Test
    void aHostJoinsWithAKeyByKeytoolAndDoesWhatItIsTold() throws Exception {
        HostId host = enrol(agent, "web-1", agent.newSigningRequestByKeytool());
        Inventory inventory = SampleInventory.with("3.0.15-1~deb12u1");
        CheckIn said = idle(inventory.digest());
        assertThat(agent.post("check-in", said, CheckInAnswer.class).inventoryWanted()).isTrue();
        HttpResponse<byte[]> put =
                agent.send(
                        "PUT",
                        "inventory",
                        TestAgent.gzip(Wire.encode(inventory)),
                        "Content-Encoding",
                        "gzip");
        assertThat(put.statusCode()).isEqualTo(204);
        assertThat(agent.post("check-in", said, CheckInAnswer.class).inventoryWanted()).isFalse();
        assertThat(fleet.inventories.latest(host)).contains(inventory);
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), HOUR);
        assertThat(agent.post("check-in", said, CheckInAnswer.class).orders()).hasSize(1);
        CheckInAnswer again = agent.post("check-in", said, CheckInAnswer.class);
        assertThat(again.orders()).hasSize(1);
        var events =
                List.of(
                        new AgentEvent(1, CLOCK.instant(), order, new Report.Accepted()),
                        new AgentEvent(2, CLOCK.instant(), order, new Report.Refreshed(1)));
        CheckIn reporting = new CheckIn("1.0", "boot", inventory.digest(), null, events, List.of());
        assertThat(agent.post("check-in", reporting, CheckInAnswer.class).acknowledged())
                .isEqualTo(2);
        assertThat(fleet.orders.find(order).orElseThrow().state()).isEqualTo(OrderState.ENDED);
    }

    @Test
    void aTokenIsGoodForOneKeyOnly() throws Exception {
        String token = token();
        String request = agent.newSigningRequest();
        var asked = new Enrolment.Request(token, "web-1", "m", request);
        Enrolment.Answer first = agent.post("enrol", asked, Enrolment.Answer.class);
        Enrolment.Answer repeated = agent.post("enrol", asked, Enrolment.Answer.class);
        assertThat(repeated.host()).isEqualTo(first.host());
        TestAgent thief = agent("thief.p12");
        refused(
                thief.send(
                        "POST",
                        "enrol",
                        Wire.encode(
                                new Enrolment.Request(
                                        token, "web-1", "m", thief.newSigningRequest()))),
                401,
                "token-refused");
    }

    @Test
    void aWrongOrLateTokenIsRefused() throws Exception {
        String late = token();
        CLOCK.pass(HOUR);
        String request = agent.newSigningRequest();
        for (String token : List.of(late, "wrong", "wrong." + fleet.authority.fingerprint(), ".")) {
            refused(
                    agent.send(
                            "POST",
                            "enrol",
                            Wire.encode(new Enrolment.Request(token, "web-1", "m", request))),
                    401,
                    "token-refused");
        }
    }

    @Test
    void aRequestForAnotherKindOfKeyIsRefusedAndTheTokenStaysGood() throws Exception {
        String token = token();
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
        p384.initialize(new ECGenParameterSpec("secp384r1"));
        KeyPairGenerator p256 = KeyPairGenerator.getInstance("EC");
        p256.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair stolen =
                new KeyPair(
                        p256.generateKeyPair().getPublic(), p256.generateKeyPair().getPrivate());
        for (String request :
                List.of(
                        TestFleet.signingRequest(rsa.generateKeyPair(), "SHA256withRSA"),
                        TestFleet.signingRequest(p384.generateKeyPair(), "SHA256withECDSA"),
                        TestFleet.signingRequest(stolen, "SHA256withECDSA"),
                        fleet.authority.pem(),
                        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END"
                                + " CERTIFICATE REQUEST-----\n",
                        "noise")) {
            refused(
                    agent.send(
                            "POST",
                            "enrol",
                            Wire.encode(new Enrolment.Request(token, "web-1", "m", request))),
                    400,
                    "bad-signing-request");
        }
        agent.post(
                "enrol",
                new Enrolment.Request(token, "web-1", "m", agent.newSigningRequest()),
                Enrolment.Answer.class);
    }

    @Test
    void withoutACertificateNothingButJoiningIsPossible() throws Exception {
        refused(agent.send("POST", "check-in", Wire.encode(idle())), 401, "certificate-missing");
        refused(agent.send("PUT", "inventory", new byte[0]), 401, "certificate-missing");
        refused(agent.send("POST", "renew", new byte[0]), 401, "certificate-missing");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotEvenHeard() throws Exception {
        agent.newSigningRequestByKeytool();
        agent.insistOnOwn();
        assertThatThrownBy(() -> agent.send("POST", "check-in", Wire.encode(idle())))
                .isInstanceOf(IOException.class);
    }

    @Test
    void anAgentDoesNotTalkToAnotherAuthority() throws Exception {
        try (TestAgent misled =
                new TestAgent(server.port(), "0".repeat(64), folder.resolve("misled.p12"))) {
            assertThatThrownBy(() -> misled.send("POST", "enrol", new byte[0]))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void theCertificateOfARetiredHostIsRefused() throws Exception {
        HostId host = enrol(agent, "web-1");
        fleet.retireHost.retire("test", host);
        refused(agent.send("POST", "check-in", Wire.encode(idle())), 403, "certificate-revoked");
        refused(
                agent.send("PUT", "inventory", Wire.encode(SampleInventory.with("1"))),
                403,
                "certificate-revoked");
        refused(
                agent.send(
                        "POST",
                        "renew",
                        Wire.encode(new Enrolment.Renewal(TestFleet.signingRequest()))),
                403,
                "certificate-revoked");
    }

    @Test
    void aCertificateThatIsOverTellsTheHostToEnrolAgain() throws Exception {
        enrol(agent, "web-1");
        CLOCK.pass(Duration.ofDays(91));
        refused(agent.send("POST", "check-in", Wire.encode(idle())), 401, "certificate-expired");
    }

    @Test
    void aHostRenewsItsCertificate() throws Exception {
        HostId host = enrol(agent, "web-1");
        TestAgent renewed = agent("renewed.p12");
        String request = renewed.newSigningRequest();
        Enrolment.Answer answer =
                agent.post("renew", new Enrolment.Renewal(request), Enrolment.Answer.class);
        assertThat(answer.host()).isEqualTo(host);
        renewed.install(answer.certificatePem(), answer.authorityPem());
        renewed.post("check-in", idle(), CheckInAnswer.class);
        refused(agent.send("POST", "check-in", Wire.encode(idle())), 403, "certificate-revoked");
    }

    @Test
    void bodiesAreBoundedAsTheyComeAndUnpacked() throws Exception {
        enrol(agent, "web-1");
        byte[] bomb = TestAgent.gzip(new byte[64 << 20]);
        refused(agent.send("PUT", "inventory", bomb, "Content-Encoding", "gzip"), 413, "too-large");
        refused(agent.send("POST", "renew", new byte[100_000]), 413, "too-large");
        refused(
                agent.send("POST", "check-in", new byte[0], "Content-Encoding", "br"),
                400,
                "unsupported-encoding");
        refused(
                agent.send("POST", "check-in", new byte[] {31}, "Content-Encoding", "gzip"),
                400,
                "body-unreadable");
    }

    @Test
    void whoKeepsFailingToEnrolHasToWait() throws Exception {
        TestAgent guessing = agent("guessing.p12");
        for (int n = 0; n < 20; n++) {
            assertThat(guessing.send("POST", "enrol", new byte[0]).statusCode()).isEqualTo(400);
        }
        refused(guessing.send("POST", "enrol", new byte[0]), 429, "too-many-attempts");
        CLOCK.pass(Duration.ofSeconds(30));
        assertThat(guessing.send("POST", "enrol", new byte[0]).statusCode()).isEqualTo(400);
    }

    @Test
    void whatTheDatabaseCannotKeepIsRefused() throws Exception {
        enrol(agent, "web-1");
        String good = new String(Wire.encode(idle()), StandardCharsets.UTF_8);
        for (String boot :
                List.of("\\u0000", "a\\uD800", "\\udc00a", "\\ud83d\\ud83d", "\\ud83dx\\ude00")) {
            String body = good.replace("\"boot\"", "\"" + boot + "\"");
            refused(
                    agent.send("POST", "check-in", body.getBytes(StandardCharsets.UTF_8)),
                    400,
                    "bad-message");
        }
        String fine = good.replace("\"boot\"", "\"\\ud83d\\ude00 \\\\u0000\"");
        assertThat(
                        agent.send("POST", "check-in", fine.getBytes(StandardCharsets.UTF_8))
                                .statusCode())
                .isEqualTo(200);
        var event =
                new AgentEvent(1, Instant.MAX.minusSeconds(9), null, new Report.Progress("x", ""));
        CheckIn mad = new CheckIn("1", "b", "0".repeat(64), null, List.of(event), List.of());
        refused(agent.send("POST", "check-in", Wire.encode(mad)), 400, "bad-message");
    }

    /// Hostile bytes end as a problem, never as a fault of the server, and leave nothing behind.
    @Test
    void hostileBytesAreAProblemAndLeaveNothingBehind() throws Exception {
        HostId host = enrol(agent, "web-1");
        Inventory inventory = SampleInventory.with("3.0.15-1~deb12u1");
        agent.send("PUT", "inventory", Wire.encode(inventory));
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), HOUR);
        var event = new AgentEvent(1, CLOCK.instant(), order, new Report.Refreshed(3));
        byte[] checkIn =
                Wire.encode(
                        new CheckIn(
                                "1.0", "boot", "0".repeat(64), order, List.of(event), List.of()));
        Random random = new Random(20261123);
        String before = everything();
        for (int n = 0; n < 200; n++) {
            boolean put = random.nextBoolean();
            byte[] hostile = spoilt(put ? Wire.encode(inventory) : checkIn, random);
            HttpResponse<byte[]> answer =
                    put
                            ? agent.send("PUT", "inventory", hostile)
                            : agent.send("POST", "check-in", hostile);
            assertThat(answer.statusCode())
                    .as("%d: %s", n, new String(hostile, StandardCharsets.UTF_8))
                    .isBetween(400, 499);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValue("application/problem+json");
        }
        assertThat(everything()).isEqualTo(before);
    }

    /// Bytes that cannot be a message: cut off, with a broken structure, or noise.
    private static byte[] spoilt(byte[] good, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(good, random.nextInt(good.length));
            case 1 -> {
                byte[] noise = new byte[random.nextInt(2000)];
                random.nextBytes(noise);
                yield noise;
            }
            case 2 -> {
                byte[] broken = good.clone();
                for (int i = 0; i < broken.length; i++) {
                    if (broken[i] == '"' && random.nextInt(10) == 0) {
                        broken[i] = (byte) random.nextInt(32);
                    }
                }
                broken[0] = (byte) "[x\"0n".charAt(random.nextInt(5));
                yield broken;
            }
            default -> "[".repeat(random.nextInt(1, 50_000)).getBytes(StandardCharsets.UTF_8);
        };
    }

    private String everything() {
        return database.sql(
                        """
                        select (select count(*) from fleet.agent_events) || ' '
                            || (select count(*) from fleet.shapes) || ' '
                            || (select count(*) from fleet.packages) || ' '
                            || (select string_agg(h::text, '' order by id) from fleet.hosts h)
                            || (select string_agg(o::text, '' order by id) from fleet.orders o)
                            || (select count(*) from platform.outbox)
                        """)
                .query(String.class)
                .single();
    }

    private static void refused(HttpResponse<byte[]> response, int status, String code) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        assertThat(response.statusCode()).as(body).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
        assertThat(body).contains("\"code\":\"" + code + "\"").contains("\"detail\":\"");
    }
}
