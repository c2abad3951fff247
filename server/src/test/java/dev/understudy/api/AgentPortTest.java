package dev.understudy.api;

import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A fleet behind the agents' port, and a host that has not joined it yet.
abstract class AgentPortTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    @TempDir static Path folder;
    static AgentHosts hosts;
    static TestFleet fleet;

    TestAgent agent;

    @BeforeAll
    static void start() throws Exception {
        hosts = new AgentHosts(DATABASE.get(), folder);
        fleet = hosts.fleet;
    }

    @AfterAll
    static void stop() throws Exception {
        hosts.stop();
    }

    @BeforeEach
    final void newAgent() {
        agent = hosts.agent("host.p12");
    }

    @AfterEach
    final void hangUp() {
        hosts.hangUp();
    }
}
