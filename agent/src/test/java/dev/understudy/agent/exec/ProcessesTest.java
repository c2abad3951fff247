package dev.understudy.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
    private final LiveHost host = new LiveHost();

    @Test
    void returnsBothStreamsAndTheExitCode() throws Exception {
        Output output = host.run(shell("echo out; echo err >&2; exit 3"));

        assertThat(output.stdout()).isEqualTo("out\n");
        assertThat(output.stderr()).isEqualTo("err\n");
        assertThat(output.exitCode()).isEqualTo(3);
        assertThat(output.succeeded()).isFalse();
    }

    @Test
    void givesExitCode127ForAMissingProgram() throws Exception {
        Output output = host.run(Command.of("/no/such/program"));

        assertThat(output.exitCode()).isEqualTo(127);
        assertThat(output.stderr()).contains("/no/such/program");
    }

    @Test
    void passesArgumentsAsTheyAre() throws Exception {
        Output output = host.run(Command.of("printf", "%s|", "a b", "$HOME", "*", ";", "ä"));

        assertThat(output.stdout()).isEqualTo("a b|$HOME|*|;|ä|");
    }

    @Test
    void runsInAFixedEnvironment() throws Exception {
        Command command = new Command(List.of("env"), Duration.ofMinutes(1), Map.of("EXTRA", "1"));

        assertThat(host.run(command).stdout().lines().filter(l -> !l.startsWith("_=")))
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "LANG=C.UTF-8",
                        "LC_ALL=C.UTF-8",
                        "DEBIAN_FRONTEND=noninteractive",
                        "HOME=/root",
                        "EXTRA=1");
    }

    @Test
    void hasAnEmptyStandardInput() throws Exception {
        assertThat(host.run(Command.of("cat").within(Duration.ofSeconds(5))).succeeded()).isTrue();
    }

    @Test
    void killsTheWholeSessionAtTheLimit(@TempDir Path folder) throws Exception {
        Path pids = folder.resolve("pids");
        String script =
                "sleep 300 & echo $! >> %1$s; (set -m; sleep 300 & echo $! >> %1$s); wait; sleep 300"
                        .formatted(pids);

        Output output = host.run(shell(script).within(Duration.ofMillis(500)));

        assertThat(output.timedOut()).isTrue();
        assertThat(output.exitCode()).isEqualTo(124);
        assertThat(output.took()).isLessThan(Duration.ofSeconds(10));
        assertThat(Files.readAllLines(pids)).hasSize(2).noneMatch(ProcessesTest::lives);
    }

    @Test
    void killsTheWholeSessionWhenInterrupted() throws Exception {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> host.run(Command.of("sleep", "300")))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void doesNotWaitForADaemonThatKeepsTheStreamsOpen() throws Exception {
        Output output = host.run(shell("setsid sleep 30 & echo $!"));

        assertThat(output.took()).isLessThan(Duration.ofSeconds(10));
        ProcessHandle.of(Long.parseLong(output.stdout().strip()))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void keepsTheBeginningAndTheEndOfEndlessOutput() throws Exception {
        Output output = host.run(shell("head -c 20000000 /dev/zero | tr '\\0' x; echo END"));

        assertThat(output.succeeded()).isTrue();
        assertThat(output.truncated()).isTrue();
        assertThat(output.whole()).isFalse();
        assertThat(output.stdout()).endsWith("xEND\n").contains("bytes left out");
        assertThat(output.stdout()).hasSizeLessThan(Processes.KEPT + Processes.KEPT_END + 100);
    }

    @Test
    void keepsOutputJustOverTheBoundWhole() throws Exception {
        Output output = host.run(shell("head -c 4200000 /dev/zero | tr '\\0' x"));

        assertThat(output.truncated()).isFalse();
        assertThat(output.stdout()).isEqualTo("x".repeat(4_200_000));
    }

    @Test
    void streamsOutputOfAnySizeAndEndsTheProgramWithItsReader() throws IOException {
        String first =
                Processes.stream(
                        List.of("yes", "line"),
                        Command.of("yes"),
                        in -> new String(in.readNBytes(5), StandardCharsets.UTF_8));

        assertThat(first).isEqualTo("line\n");
    }

    @Test
    void endsAStreamAtItsLimit() throws IOException {
        int length =
                Processes.stream(
                        List.of("sleep", "300"),
                        Command.of("sleep").within(Duration.ofMillis(300)),
                        in -> in.readAllBytes().length);

        assertThat(length).isZero();
    }

    private static Command shell(String script) {
        return Command.of("sh", "-c", script);
    }

    private static boolean lives(String pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return !stat.contains(") Z ");
        } catch (IOException _) {
            return false;
        }
    }
}
