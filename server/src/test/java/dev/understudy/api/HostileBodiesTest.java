package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.SampleInventory;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Wire;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bodies that no agent sends.
class HostileBodiesTest extends AgentPortTest {
    @Test
    void bodiesAreBoundedAsTheyComeAndUnpacked() throws Exception {
        hosts.enrol(agent, "web-1");
        byte[] bomb = TestAgent.gzip(new byte[64 << 20]);
        AgentHosts.refused(
                agent.send("PUT", "inventory", bomb, "Content-Encoding", "gzip"), 413, "too-large");
        AgentHosts.refused(agent.send("POST", "renew", new byte[100_000]), 413, "too-large");
        AgentHosts.refused(
                agent.send("POST", "check-in", new byte[0], "Content-Encoding", "br"),
                400,
                "unsupported-encoding");
        AgentHosts.refused(
                agent.send("POST", "check-in", new byte[] {31}, "Content-Encoding", "gzip"),
                400,
                "body-unreadable");
    }

    @Test
    void whatTheDatabaseCannotKeepIsRefused() throws Exception {
        hosts.enrol(agent, "web-1");
        String good = new String(Wire.encode(AgentHosts.idle()), StandardCharsets.UTF_8);
        for (String boot :
                List.of("\\u0000", "a\\uD800", "\\udc00a", "\\ud83d\\ud83d", "\\ud83dx\\ude00")) {
            String body = good.replace("\"boot\"", "\"" + boot + "\"");
            AgentHosts.refused(
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
        AgentHosts.refused(agent.send("POST", "check-in", Wire.encode(mad)), 400, "bad-message");
    }

    /// Hostile bytes end as a problem, never as a fault of the server, and leave nothing behind.
    @Test
    void hostileBytesAreAProblemAndLeaveNothingBehind() throws Exception {
        HostId host = hosts.enrol(agent, "web-1");
        Inventory inventory = SampleInventory.with("3.0.15-1~deb12u1");
        agent.send("PUT", "inventory", Wire.encode(inventory));
        OrderId order = fleet.orders.issue(host, new OrderBody.Refresh(), AgentHosts.HOUR);
        var event = new AgentEvent(1, hosts.clock.instant(), order, new Report.Refreshed(3));
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
        return DATABASE.get()
                .sql(
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
}
