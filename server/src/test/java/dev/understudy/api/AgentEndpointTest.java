package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.fleet.OrderState;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
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
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentEndpointTest extends AgentPortTest {
    @Test
    void aHostJoinsWithAKeyByKeytoolAndDoesWhatItIsTold() throws Exception {
        HostId host = hosts.enrol(agent, "web-1", agent.newSigningRequestByKeytool());
        Inventory inventory = SampleInventory.with("3.0.15-1~deb12u1");
        CheckIn said = AgentHosts.idle(inventory.digest());
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
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), AgentHosts.HOUR);
        assertThat(agent.post("check-in", said, CheckInAnswer.class).orders()).hasSize(1);
        CheckInAnswer again = agent.post("check-in", said, CheckInAnswer.class);
        assertThat(again.orders()).hasSize(1);
        var events =
                List.of(
                        new AgentEvent(1, hosts.clock.instant(), order, new Report.Accepted()),
                        new AgentEvent(2, hosts.clock.instant(), order, new Report.Refreshed(1)));
        CheckIn reporting = new CheckIn("1.0", "boot", inventory.digest(), null, events, List.of());
        assertThat(agent.post("check-in", reporting, CheckInAnswer.class).acknowledged())
                .isEqualTo(2);
        assertThat(fleet.orders.find(order).orElseThrow().state()).isEqualTo(OrderState.ENDED);
    }

    @Test
    void aTokenIsGoodForOneKeyOnly() throws Exception {
        String token = hosts.token();
        String request = agent.newSigningRequest();
        var asked = new Enrolment.Request(token, "web-1", "m", request);
        Enrolment.Answer first = agent.post("enrol", asked, Enrolment.Answer.class);
        Enrolment.Answer repeated = agent.post("enrol", asked, Enrolment.Answer.class);
        assertThat(repeated.host()).isEqualTo(first.host());
        TestAgent thief = hosts.agent("thief.p12");
        AgentHosts.refused(
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
        String late = hosts.token();
        hosts.clock.pass(AgentHosts.HOUR);
        String request = agent.newSigningRequest();
        for (String token : List.of(late, "wrong", "wrong." + fleet.authority.fingerprint(), ".")) {
            AgentHosts.refused(
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
        String token = hosts.token();
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
            AgentHosts.refused(
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
        AgentHosts.refused(
                agent.send("POST", "check-in", Wire.encode(AgentHosts.idle())),
                401,
                "certificate-missing");
        AgentHosts.refused(agent.send("PUT", "inventory", new byte[0]), 401, "certificate-missing");
        AgentHosts.refused(agent.send("POST", "renew", new byte[0]), 401, "certificate-missing");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNotEvenHeard() throws Exception {
        agent.newSigningRequestByKeytool();
        agent.insistOnOwn();
        assertThatThrownBy(() -> agent.send("POST", "check-in", Wire.encode(AgentHosts.idle())))
                .isInstanceOf(IOException.class);
    }

    @Test
    void anAgentDoesNotTalkToAnotherAuthority() throws Exception {
        try (TestAgent misled =
                new TestAgent(hosts.port(), "0".repeat(64), folder.resolve("misled.p12"))) {
            assertThatThrownBy(() -> misled.send("POST", "enrol", new byte[0]))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void theCertificateOfARetiredHostIsRefused() throws Exception {
        HostId host = hosts.enrol(agent, "web-1");
        fleet.retireHost.retire("test", host);
        AgentHosts.refused(
                agent.send("POST", "check-in", Wire.encode(AgentHosts.idle())),
                403,
                "certificate-revoked");
        AgentHosts.refused(
                agent.send("PUT", "inventory", Wire.encode(SampleInventory.with("1"))),
                403,
                "certificate-revoked");
        AgentHosts.refused(
                agent.send(
                        "POST",
                        "renew",
                        Wire.encode(new Enrolment.Renewal(TestFleet.signingRequest()))),
                403,
                "certificate-revoked");
    }

    @Test
    void aCertificateThatIsOverTellsTheHostToEnrolAgain() throws Exception {
        hosts.enrol(agent, "web-1");
        hosts.clock.pass(Duration.ofDays(91));
        AgentHosts.refused(
                agent.send("POST", "check-in", Wire.encode(AgentHosts.idle())),
                401,
                "certificate-expired");
    }

    @Test
    void aHostRenewsItsCertificate() throws Exception {
        HostId host = hosts.enrol(agent, "web-1");
        TestAgent renewed = hosts.agent("renewed.p12");
        String request = renewed.newSigningRequest();
        Enrolment.Answer answer =
                agent.post("renew", new Enrolment.Renewal(request), Enrolment.Answer.class);
        assertThat(answer.host()).isEqualTo(host);
        renewed.install(answer.certificatePem(), answer.authorityPem());
        renewed.post("check-in", AgentHosts.idle(), CheckInAnswer.class);
        AgentHosts.refused(
                agent.send("POST", "check-in", Wire.encode(AgentHosts.idle())),
                403,
                "certificate-revoked");
    }

    @Test
    void whoKeepsFailingToEnrolHasToWait() throws Exception {
        TestAgent guessing = hosts.agent("guessing.p12");
        for (int n = 0; n < 20; n++) {
            assertThat(guessing.send("POST", "enrol", new byte[0]).statusCode()).isEqualTo(400);
        }
        AgentHosts.refused(guessing.send("POST", "enrol", new byte[0]), 429, "too-many-attempts");
        hosts.clock.pass(Duration.ofSeconds(30));
        assertThat(guessing.send("POST", "enrol", new byte[0]).statusCode()).isEqualTo(400);
    }
}
