package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.SampleInventory;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policy;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.StaleProcess;
import dev.understudy.risk.FleetReasons;
import dev.understudy.risk.Reason;
import dev.understudy.risk.Unpatched;
import dev.understudy.risk.WhyUnpatched;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What is said of the fleet is the sum of what is said of each host, whatever rollouts, disks,
/// exceptions and people make of it.
class WhyOfFleetTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final List<String> PACKAGES = List.of("curl", "nginx", "vim", "mariadb");

    private final World world = new World(DATABASE.get());
    private final WhyUnpatched why =
            new WhyUnpatched(world.patches, List.of(world.module.reasons()), world.clock);
    private final FleetReasons reasons =
            new FleetReasons(DATABASE.get(), world.patches, world.fleet.inventories, why);
    private final List<SimulatedAgent> agents = new ArrayList<>();
    private final List<HostId> web = new ArrayList<>();
    private final List<HostId> side = new ArrayList<>();
    private final Set<Reason.Code> seen = EnumSet.noneOf(Reason.Code.class);

    @Test
    void isTheSumOfItsHosts() {
        Random random = new Random(7);
        agents.addAll(
                List.of(
                        world.agent("plain", "curl", "vim", "mariadb"),
                        world.agent("like-plain", "curl", "vim", "mariadb"),
                        world.agent("fails-in-twin", "nginx", "vim"),
                        world.agent("has-no-twin", "nginx", "curl"),
                        world.agent("breaks", "mariadb", "vim"),
                        world.agent("vanishes", "curl", "nginx")));
        agents.get(2).failInTwin.add("nginx");
        agents.get(3).hasTwin = false;
        agents.get(4).failOnHost.add("mariadb");
        agents.forEach(agent -> web.add(agent.host));
        enrolSide();
        world.policies.put(
                "token:alice",
                new Policy(
                        "side",
                        Autonomy.RECOMMEND,
                        1,
                        Duration.ofSeconds(30),
                        50,
                        RebootPolicy.WHEN_NEEDED));
        world.policy(Autonomy.AUTOMATIC);
        for (int i = 0; i < 4; i++) {
            world.ticks(3);
            compare();
        }
        // As a server leaves it that takes inventories and does not keep what reasons depend on.
        DATABASE.get()
                .sql(
                        """
                        update fleet.inventories
                        set states_of = 'another', awaits_reboot = not awaits_reboot, root_free = 0
                        where host = :host
                        """)
                .param("host", side.get(1).value())
                .update();
        compare();
        except(side.getFirst(), "");
        except(null, "web");
        agents.get(5).online = false;
        compare();
        world.fleet.stop.stop("token:alice", "to look");
        compare();
        world.fleet.stop.release("token:alice");
        for (int i = 0; i < 4; i++) {
            happen(random);
            world.ticks(random.nextInt(10));
            compare();
        }
        assertThat(seen)
                .contains(
                        Reason.Code.NOT_YET_PLANNED,
                        Reason.Code.IN_ROLLOUT,
                        Reason.Code.QUARANTINED,
                        Reason.Code.OBSERVE_ONLY,
                        Reason.Code.NO_SPACE,
                        Reason.Code.EXCEPTED,
                        Reason.Code.HELD,
                        Reason.Code.FLEET_STOPPED,
                        Reason.Code.AWAITING_REBOOT,
                        Reason.Code.AWAITING_RESTART,
                        Reason.Code.STALE_METADATA);
    }

    private void happen(Random random) {
        SimulatedAgent one = agents.get(random.nextInt(agents.size()));
        switch (random.nextInt(4)) {
            case 0 ->
                    world.policy(
                            List.of(Autonomy.AUTOMATIC, Autonomy.APPROVE, Autonomy.OBSERVE)
                                    .get(random.nextInt(3)));
            case 1 -> one.publish(PACKAGES.get(random.nextInt(4)), "" + (3 + random.nextInt(3)));
            case 2 -> one.online = !one.online;
            default -> world.clock.pass(Duration.ofHours(random.nextInt(30)));
        }
    }

    private void except(@Nullable HostId host, String group) {
        world.exceptions.add(
                "token:alice",
                group.isEmpty() ? "bookworm/openssl/3.0.17-1~deb12u2" : "bookworm/vim/2",
                host,
                group,
                "alice",
                "it is being replaced",
                world.clock.instant().plus(Duration.ofHours(20)));
    }

    private void enrolSide() {
        Inventory sample = SampleInventory.with("3.0.15-1~deb12u1");
        Instant now = world.clock.instant();
        List<PendingUpgrade> pending = sample.pending();
        List<PendingUpgrade> held = List.of(held(pending.getFirst()));
        List<StaleProcess> stale =
                List.of(new StaleProcess("nginx", "nginx.service", List.of("/lib/x.so")));
        List<String> reboot = List.of("a new kernel is installed");
        enrolSide(pending, 5, List.of(), List.of(), Capabilities.Mode.MANAGED, now);
        enrolSide(pending, 5, List.of(), List.of(), Capabilities.Mode.MANAGED, now);
        enrolSide(pending, 0, List.of(), List.of(), Capabilities.Mode.MANAGED, now);
        enrolSide(pending, 5, stale, List.of(), Capabilities.Mode.MANAGED, now);
        enrolSide(pending, 5, stale, reboot, Capabilities.Mode.MANAGED, now);
        enrolSide(held, 5, List.of(), List.of(), Capabilities.Mode.MANAGED, now);
        enrolSide(pending, 5, List.of(), List.of(), Capabilities.Mode.OBSERVE, now);
        enrolSide(pending, 5, List.of(), List.of(), Capabilities.Mode.MANAGED, null);
        enrolSide(
                List.of(),
                5,
                List.of(),
                List.of(),
                Capabilities.Mode.MANAGED,
                now.minus(Duration.ofHours(40)));
    }

    private void enrolSide(
            List<PendingUpgrade> pending,
            long gibibytes,
            List<StaleProcess> stale,
            List<String> reboot,
            Capabilities.Mode mode,
            @Nullable Instant lists) {
        Inventory sample = SampleInventory.with("3.0.15-1~deb12u1");
        side.add(
                world.fleet.enrol(
                        "side-" + side.size(),
                        "side",
                        new Inventory(
                                sample.platform(),
                                sample.kernel(),
                                sample.packages(),
                                pending,
                                sample.services(),
                                sample.sockets(),
                                List.of(new DiskSpace("/", 10L << 30, gibibytes << 30)),
                                stale,
                                reboot,
                                new Capabilities("apt", true, "", mode, List.of()),
                                lists)));
    }

    private static PendingUpgrade held(PendingUpgrade of) {
        return new PendingUpgrade(
                of.name(),
                of.architecture(),
                of.installedVersion(),
                of.candidateVersion(),
                of.sourceName(),
                of.sourceVersion(),
                of.origin(),
                of.label(),
                of.suite(),
                of.security(),
                PendingUpgrade.Blocked.HELD,
                of.cves(),
                of.changelogRead(),
                of.downloadBytes());
    }

    private void compare() {
        Map<HostId, Set<String>> said = new TreeMap<>();
        web.forEach(host -> said.put(host, said(host)));
        side.forEach(host -> said.put(host, said(host)));
        compare(null, said);
        compare("web", restricted(said, web));
        compare("side", restricted(said, side));
    }

    private static Map<HostId, Set<String>> restricted(
            Map<HostId, Set<String>> said, List<HostId> to) {
        Map<HostId, Set<String>> some = new TreeMap<>(said);
        some.keySet().retainAll(to);
        return some;
    }

    private void compare(@Nullable String group, Map<HostId, Set<String>> said) {
        Map<String, Set<String>> hosts = new TreeMap<>();
        said.forEach(
                (host, each) ->
                        each.forEach(
                                what ->
                                        hosts.computeIfAbsent(what, _ -> new TreeSet<>())
                                                .add(host.toString())));
        Map<String, String> expected = new TreeMap<>();
        hosts.forEach(
                (what, on) -> expected.put(what, on.size() + " " + on.stream().limit(3).toList()));
        Map<String, String> found = new TreeMap<>();
        List<FleetReasons.Row> rows = reasons.of(group);
        for (FleetReasons.Row row : rows) {
            found.put(row.subject() + " " + row.code(), row.hosts() + " " + row.first());
            seen.add(row.code());
        }
        assertThat(found).isEqualTo(expected).hasSameSizeAs(rows);
        assertThat(rows)
                .isSortedAccordingTo(Comparator.comparingInt(FleetReasons.Row::hosts).reversed());
    }

    /// What is said of the host by itself.
    private Set<String> said(HostId host) {
        Set<String> said = new HashSet<>();
        WhyUnpatched.Reasons of = why.forHost(host);
        for (Unpatched each : of.packages()) {
            String subject =
                    each.patch() == null
                            ? "bookworm/" + each.packageName()
                            : each.patch().toString();
            said.add(subject + " " + each.reason().code());
        }
        of.host().forEach(each -> said.add(" " + each.code()));
        return said;
    }
}
