package dev.understudy.agent.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.LiveHost;
import dev.understudy.protocol.OrderId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real scripts, run for real.
class OwnerHooksTest {
    private static final OrderId ORDER = OrderId.random();
    @TempDir Path folder;

    @BeforeEach
    void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "hooks must belong to root");
    }

    private OwnerHooks hooks(Duration limit) {
        return new OwnerHooks(new LiveHost(), folder.toString(), limit);
    }

    private OwnerHooks hooks() {
        return hooks(Duration.ofSeconds(30));
    }

    private Path script(String name, String body) throws Exception {
        Path script = folder.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    @Test
    void runsTheOwnersScriptsWithTheOrdersId() throws Exception {
        assertThat(hooks().present()).isFalse();
        script("drain", "echo out $UNDERSTUDY_ORDER >>" + folder.resolve("log"));
        script("undrain", "echo in $UNDERSTUDY_ORDER >>" + folder.resolve("log"));
        assertThat(hooks().present()).isTrue();
        assertThat(hooks().drain(ORDER)).isEmpty();
        assertThat(hooks().undrain(ORDER)).isEmpty();
        assertThat(Files.readAllLines(folder.resolve("log")))
                .containsExactly("out " + ORDER, "in " + ORDER);
    }

    @Test
    void theExitStatusDecidesAndWhatWasSaidIsTold() throws Exception {
        script("drain", "echo connections are left >&2; exit 3");
        script("undrain", "");
        assertThat(hooks().drain(ORDER).orElseThrow())
                .contains("drain ended with exit code 3: connections are left");
    }

    @Test
    void aHookThatTakesTooLongIsKilledWithAllThatItStarted() throws Exception {
        Path pid = folder.resolve("pid");
        script("drain", "sleep 600 & echo $! >%s; wait".formatted(pid));
        script("undrain", "");
        assertThat(hooks(Duration.ofSeconds(1)).drain(ORDER).orElseThrow())
                .contains("took longer than 1 s and was killed");
        long child = Long.parseLong(Files.readString(pid).strip());
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive).filter(this::notDefunct))
                .isEmpty();
    }

    private boolean notDefunct(ProcessHandle process) {
        return process.info().command().isPresent();
    }

    @Test
    void theBackupIsToldWhoseDataItIsAbout() throws Exception {
        assertThat(hooks().backsUp()).isFalse();
        script("backup", "echo $UNDERSTUDY_UNITS of $UNDERSTUDY_ORDER >" + folder.resolve("log"));
        assertThat(hooks().backsUp()).isTrue();
        assertThat(hooks().present()).isFalse();

        assertThat(hooks().backup(ORDER, List.of("a.service", "b.service"), Duration.ofMinutes(1)))
                .isEmpty();

        assertThat(Files.readAllLines(folder.resolve("log")))
                .containsExactly("a.service b.service of " + ORDER);
        script("backup", "exit 9");
        assertThat(hooks().backup(ORDER, List.of("a.service"), Duration.ofMinutes(1)).orElseThrow())
                .contains("backup ended with exit code 9");
    }

    @Test
    void drainAndUndrainGoTogether() throws Exception {
        script("drain", "touch " + folder.resolve("drained"));
        assertThat(hooks().drain(ORDER).orElseThrow()).contains("undrain is missing");
        assertThat(folder.resolve("drained")).doesNotExist();
        Files.delete(folder.resolve("drain"));
        script("undrain", "");
        assertThat(hooks().present()).isTrue();
        assertThat(hooks().drain(ORDER).orElseThrow()).contains("drain is missing");
    }

    @Test
    void whatOthersMayWriteIsNotRun() throws Exception {
        Path drain = script("drain", "touch " + folder.resolve("drained"));
        script("undrain", "");
        Files.setPosixFilePermissions(drain, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(hooks().drain(ORDER).orElseThrow()).contains("may be written by others");
        Files.setPosixFilePermissions(drain, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(hooks().drain(ORDER).orElseThrow()).contains("cannot be executed");
        Files.setAttribute(drain, "unix:uid", 65_534);
        assertThat(hooks().drain(ORDER).orElseThrow()).contains("belongs to user 65534");
        Files.delete(drain);
        Files.createSymbolicLink(drain, Path.of("/bin/true"));
        assertThat(hooks().drain(ORDER).orElseThrow()).contains("symbolic link");
        assertThat(folder.resolve("drained")).doesNotExist();
        Optional<String> open = openFolder();
        assertThat(open.orElseThrow()).contains("may be written by others");
    }

    private Optional<String> openFolder() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.delete(folder.resolve("drain"));
        script("drain", "");
        return hooks().drain(ORDER);
    }
}
