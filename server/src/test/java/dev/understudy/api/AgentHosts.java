package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.Group;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.Enrolment;
import dev.understudy.protocol.HostId;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A control plane with a port for agents, and the agents that call it.
final class AgentHosts {
    static final Duration HOUR = Duration.ofHours(1);

    final ManualClock clock = new ManualClock();
    final TestFleet fleet;
    private final AgentServer server;
    private final Path folder;
    private final List<TestAgent> agents = new ArrayList<>();
    private int number;

    AgentHosts(Database database, Path folder) throws Exception {
        this.folder = folder;
        fleet = TestFleet.on(database, clock);
        server = new AgentServer(fleet, clock, folder.resolve("tomcat"));
    }

    int port() {
        return server.port();
    }

    /// Ends what the agents of a test have open, and lets their limits for attempts be over.
    void hangUp() {
        agents.forEach(TestAgent::close);
        agents.clear();
        clock.pass(Duration.ofDays(100));
    }

    void stop() throws Exception {
        server.close();
    }

    TestAgent agent(String keys) {
        TestAgent made =
                new TestAgent(
                        server.port(),
                        fleet.authority.fingerprint(),
                        folder.resolve(++number + keys));
        agents.add(made);
        return made;
    }

    String token() {
        return fleet.tokens.create("test", Group.DEFAULT, HOUR).text();
    }

    HostId enrol(TestAgent joining, String name) throws Exception {
        return enrol(joining, name, joining.newSigningRequest());
    }

    HostId enrol(TestAgent joining, String name, String request) throws Exception {
        Enrolment.Answer answer =
                joining.post(
                        "enrol",
                        new Enrolment.Request(token(), name, "m", request),
                        Enrolment.Answer.class);
        joining.install(answer.certificatePem(), answer.authorityPem());
        return answer.host();
    }

    static CheckIn idle(String digest) {
        return new CheckIn("1.0", "boot", digest, null, List.of(), List.of());
    }

    static CheckIn idle() {
        return idle("0".repeat(64));
    }

    static void refused(HttpResponse<byte[]> response, int status, String code) {
        String body = new String(response.body(), StandardCharsets.UTF_8);
        assertThat(response.statusCode()).as(body).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
        assertThat(body).contains("\"code\":\"" + code + "\"").contains("\"detail\":\"");
    }
}
