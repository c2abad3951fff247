package dev.understudy.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.lab.drills.Drill;
import dev.understudy.lab.gateway.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two real hosts, with real packages of the machine's own Debian mirror.
@Tag("long")
class LabTest {
    private static final Path DATA = Path.of("/var/tmp/understudy-lab-test");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private ServerSocket control = unbound();
    private Lab lab = new Lab(settings(1));

    @BeforeEach
    void needsRootAndNamespaces() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can boot hosts");
        assumeTrue(
                Programs.attempt(LIMIT, List.of("unshare", "--mount", "--net", "true")).succeeded(),
                "this machine allows no namespaces");
        assumeTrue(
                AptSources.of(Path.of("/etc/apt")).mirror().isPresent(),
                "this machine's apt names no Debian mirror");
        control = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        lab = new Lab(settings(control.getLocalPort()));
        lab.down(true);
    }

    @AfterEach
    void leavesNothing() throws IOException {
        lab.down(true);
        control.close();
        assertThat(remains()).isEmpty();
    }

    @Test
    void bootsHostsThatLoseTheirPowerAndTheirNetworkAndLeavesNothing() throws Exception {
        var roles = List.of(Role.of("nginx"), Role.of("redis"));
        lab.up(Hosts.roundRobin("lab", roles, 2), "bookworm", "2G");
        assertThat(remains()).isNotEmpty();

        hostsServeAndHaveSecurityUpdatesPending();
        hostsReachOneAnotherAndTheGatewayOnly();
        agentsReachTheControlPlane();
        aHostThatRebootsComesBack();
        aKilledHostKeepsItsDisk();
        aHostThatLostItsPowerKeepsWhatWasOnItsDiskAndNoMore();
        packagesCannotBeFetchedDuringANetworkFault();
        drillsRunAndTheirFaultsShow();

        lab.stop(List.of("lab-redis-1"));
        assertThat(state("lab-redis-1")).isEqualTo(Machine.State.STOPPED);
        lab.up(Hosts.roundRobin("lab", roles, 2), "bookworm", "2G");
        assertThat(state("lab-redis-1")).isEqualTo(Machine.State.RUNNING);

        lab.down(false);
        assertThat(remains()).containsExactly("data " + DATA);
    }

    @Test
    void goesOnWhereAKilledRunStopped() throws Exception {
        Path first = DATA.resolve("hosts/lab-ssh-1/running.properties");
        var killed =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "up",
                                "--data=" + DATA,
                                "--hosts=3",
                                "--roles=ssh",
                                "--disk=1G",
                                "--server=https://127.0.0.1:" + control.getLocalPort())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        boolean began = Waiting.until(Duration.ofMinutes(10), () -> Files.exists(first));
        killed.destroyForcibly().waitFor();
        assertThat(began).isTrue();

        var wanted = Hosts.roundRobin("lab", List.of(Role.of("ssh")), 3);
        lab.up(wanted, "bookworm", "1G");

        assertThat(lab.hosts().all())
                .hasSize(3)
                .allMatch(host -> lab.machine().state(host) == Machine.State.RUNNING);
        assertThat(lab.hosts().all().stream().map(lab::address)).doesNotHaveDuplicates();
    }

    private void hostsServeAndHaveSecurityUpdatesPending() {
        assertThat(on("lab-nginx-1", "curl", "-sI", "http://127.0.0.1/")).contains("200 OK");
        assertThat(on("lab-redis-1", "redis-cli", "ping")).isEqualTo("PONG");
        for (String host : List.of("lab-nginx-1", "lab-redis-1")) {
            assertThat(state(host)).isEqualTo(Machine.State.RUNNING);
            on(host, "apt-get", "-q", "update");
            long pending =
                    on(host, "apt-get", "--simulate", "dist-upgrade")
                            .lines()
                            .filter(line -> line.startsWith("Inst "))
                            .filter(line -> line.contains("Debian-Security"))
                            .count();
            assertThat(pending).as("security updates pending on " + host).isPositive();
        }
        assertThat(on("lab-nginx-1", "cat", "/etc/machine-id"))
                .isNotEqualTo(on("lab-redis-1", "cat", "/etc/machine-id"));
        assertThat(on("lab-nginx-1", "cat", "/etc/ssh/ssh_host_ed25519_key.pub"))
                .isNotEqualTo(on("lab-redis-1", "cat", "/etc/ssh/ssh_host_ed25519_key.pub"));
    }

    private void hostsReachOneAnotherAndTheGatewayOnly() {
        assertThat(on("lab-redis-1", "curl", "-sI", "http://10.77.1.1/")).contains("200 OK");
        assertThat(on("lab-nginx-1", "ip", "route"))
                .startsWith("10.77.0.0/16 dev host0 ")
                .doesNotContain("default");
        assertThat(
                        on(
                                "lab-nginx-1",
                                "curl",
                                "-s",
                                "--proxy",
                                "http://10.77.0.1:3142",
                                "http://127.0.0.1:80/"))
                .isEqualTo("Not a mirror of this lab");
    }

    private void agentsReachTheControlPlane() throws Exception {
        var served =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try (var client = control.accept()) {
                                        client.getOutputStream()
                                                .write("hello".getBytes(StandardCharsets.UTF_8));
                                    } catch (IOException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        assertThat(on("lab-nginx-1", "bash", "-c", "cat < /dev/tcp/10.77.0.1/8443"))
                .isEqualTo("hello");
        served.join();
    }

    private void aHostThatRebootsComesBack() {
        String before = on("lab-redis-1", "stat", "-c", "%y", "/proc/1");
        on("lab-redis-1", "systemctl", "reboot");
        boolean again =
                Waiting.until(
                        LIMIT,
                        () ->
                                state("lab-redis-1") == Machine.State.RUNNING
                                        && !before.equals(
                                                attempt(
                                                        "lab-redis-1",
                                                        "stat",
                                                        "-c",
                                                        "%y",
                                                        "/proc/1")));
        assertThat(again).isTrue();
        assertThat(on("lab-redis-1", "redis-cli", "ping")).isEqualTo("PONG");
    }

    private void aHostThatLostItsPowerKeepsWhatWasOnItsDiskAndNoMore() {
        on("lab-nginx-1", "sh", "-c", "echo old > /root/synced; sync; cd /root; echo new > fresh");
        on("lab-nginx-1", "sh", "-c", "echo whole > /root/synced.new; sync -f /root/synced.new");
        on(
                "lab-nginx-1",
                "sh",
                "-c",
                "cd /root; mv synced.new synced; sync /root; echo lost >> fresh");
        on("lab-nginx-1", "sh", "-c", "cd /root; echo lost > unsynced; rm file");
        lab.losePower(List.of("lab-nginx-1"));
        assertThat(state("lab-nginx-1")).isEqualTo(Machine.State.STOPPED);
        lab.start(List.of("lab-nginx-1"));
        assertThat(on("lab-nginx-1", "cat", "/root/synced", "/root/fresh", "/root/file"))
                .isEqualTo("whole\nnew\nkept");
        assertThat(on("lab-nginx-1", "ls", "/root")).doesNotContain("unsynced");
        assertThat(on("lab-nginx-1", "curl", "-sI", "http://127.0.0.1/")).contains("200 OK");
    }

    private void aKilledHostKeepsItsDisk() {
        on("lab-nginx-1", "sh", "-c", "echo kept > /root/file");
        lab.kill(List.of("lab-nginx-1"));
        assertThat(state("lab-nginx-1")).isEqualTo(Machine.State.STOPPED);
        assertThatThrownBy(() -> on("lab-nginx-1", "true")).isInstanceOf(LabException.class);
        lab.start(List.of("lab-nginx-1"));
        assertThat(on("lab-nginx-1", "cat", "/root/file")).isEqualTo("kept");
        assertThat(on("lab-nginx-1", "curl", "-sI", "http://127.0.0.1/")).contains("200 OK");
    }

    private void packagesCannotBeFetchedDuringANetworkFault() {
        for (String fault : List.of("drop", "503", "cut:1000")) {
            lab.fault("net", Fault.parse(fault), fault);
            assertThat(fetches()).as(fault).isFalse();
        }
        lab.fault("net", new Fault.Off(), "off");
        assertThat(fetches()).isTrue();
    }

    private boolean fetches() {
        var command =
                List.of("sh", "-c", "cd /tmp && rm -f *.deb && apt-get -q download jq && ls *.deb");
        return Programs.attempt(LIMIT, lab.machine().commandIn(host("lab-nginx-1"), command))
                .succeeded();
    }

    private void drillsRunAndTheirFaultsShow() {
        lab.installDrills(List.of(Drill.GOOD, Drill.HTTP500), List.of("lab-redis-1"));
        lab.changeDrills(archive -> archive.publish(List.of(Drill.HTTP500)));
        on("lab-redis-1", "apt-get", "-q", "update");
        on("lab-redis-1", "apt-get", "-q", "-y", "install", "understudy-drill-http500");
        assertThat(on("lab-redis-1", "curl", "-s", "http://127.0.0.1:7001/")).isEqualTo("good 1.0");
        boolean shows =
                Waiting.until(
                        Duration.ofSeconds(10),
                        () ->
                                attempt(
                                                "lab-redis-1",
                                                "curl",
                                                "-sw",
                                                "%{http_code}",
                                                "http://127.0.0.1:7003/")
                                        .equals("http500 2.0\n500"));
        assertThat(shows).isTrue();
    }

    private Machine.State state(String name) {
        return lab.machine().state(host(name));
    }

    private LabHost host(String name) {
        return lab.hosts().get(name);
    }

    private String on(String host, String... command) {
        return Programs.run(LIMIT, lab.machine().commandIn(host(host), List.of(command)));
    }

    /// What the host answers; nothing while it goes down or comes up, when even entering it may
    /// block. Whoever asks waits for a certain answer and fails without it.
    private String attempt(String host, String... command) {
        try {
            return Programs.attempt(
                            Duration.ofSeconds(15),
                            lab.machine().commandIn(host(host), List.of(command)))
                    .output()
                    .stripTrailing();
        } catch (LabException unanswered) {
            return "";
        }
    }

    /// Everything on this machine that belongs to the test's lab.
    private static List<String> remains() throws IOException {
        var found = new ArrayList<String>();
        String name = LabSettings.usualName(DATA);
        Mounts.all().stream()
                .map(mount -> mount.point() + " " + mount.options())
                .filter(text -> text.contains(DATA.toString()))
                .forEach(text -> found.add("mount " + text));
        new Network(name, Subnet.USUAL).mine().forEach(one -> found.add("namespace " + one));
        Programs.run("losetup", "--all")
                .lines()
                .filter(line -> line.contains(DATA.toString()))
                .forEach(line -> found.add("loop device " + line));
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            Stream.concat(hierarchies, Stream.of(Path.of("/sys/fs/cgroup")))
                    .map(hierarchy -> hierarchy.resolve("understudy-lab").resolve(name))
                    .filter(Files::exists)
                    .forEach(group -> found.add("control group " + group));
        }
        Programs.run("ps", "-eo", "args")
                .lines()
                .filter(line -> line.contains(DATA.toString()))
                .forEach(line -> found.add("process " + line));
        if (Files.exists(DATA)) {
            found.add("data " + DATA);
        }
        return found;
    }

    private static LabSettings settings(int port) {
        URI none = URI.create("http://none.invalid/debian");
        var mirror = AptSources.of(Path.of("/etc/apt")).mirror().orElse(new Mirror(none, none));
        return new LabSettings(
                DATA,
                LabSettings.usualName(DATA),
                LabSettings.USUAL_CACHE,
                Subnet.USUAL,
                mirror,
                InetSocketAddress.createUnresolved("127.0.0.1", port));
    }

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
