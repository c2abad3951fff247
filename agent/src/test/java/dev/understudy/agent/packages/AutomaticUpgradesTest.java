package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutomaticUpgradesTest {
    @TempDir Path root;

    @BeforeEach
    void needsApt() {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/apt-config")), "There is no apt here.");
    }

    @ParameterizedTest
    @CsvSource({"1,1,true", "1,7d,true", "1,always,true", "1,0,false", "0,1,false"})
    void whatAptDoesByItselfIsToldByItsSettings(String enable, String every, boolean warns)
            throws Exception {
        installed();
        assertThat(AutomaticUpgrades.warning(new Host(enable, every, true)).isPresent())
                .isEqualTo(warns);
    }

    @Test
    void itTellsWhatToDo() throws Exception {
        installed();
        assertThat(AutomaticUpgrades.warning(new Host("1", "1", true)))
                .hasValueSatisfying(
                        told ->
                                assertThat(told)
                                        .contains("without rehearsal")
                                        .contains(
                                                "systemctl disable --now apt-daily-upgrade.timer"));
    }

    @Test
    void withoutItsTimerOrTheProgramNothingIsUpgraded() throws Exception {
        assertThat(AutomaticUpgrades.warning(new Host("1", "1", true))).isEmpty();
        installed();
        assertThat(AutomaticUpgrades.warning(new Host("1", "1", false))).isEmpty();
    }

    private void installed() throws Exception {
        Path program = root.resolve("usr/bin/unattended-upgrade");
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n");
    }

    /// This machine's own apt-config, with these settings; a timer that is active or not.
    private final class Host implements Place {
        private final Path settings = root.resolve("apt.conf");
        private final boolean active;

        Host(String enable, String every, boolean active) throws Exception {
            this.active = active;
            Files.writeString(
                    settings,
                    "APT::Periodic::Enable \"%s\";%nAPT::Periodic::Unattended-Upgrade \"%s\";%n"
                            .formatted(enable, every));
        }

        @Override
        public Output run(Command command) throws InterruptedException {
            if (command.arguments().getFirst().equals("systemctl")) {
                return new Output(active ? 0 : 3, "", "", false, Duration.ZERO);
            }
            // APT_CONFIG is read first; what the machine's own files say of these must not matter.
            return new LiveHost()
                    .run(
                            new Command(
                                    command.arguments(),
                                    command.limit(),
                                    Map.of("APT_CONFIG", only(settings).toString())));
        }

        private Path only(Path own) {
            try {
                Path file = root.resolve("only.conf");
                Files.writeString(
                        file,
                        "Dir::Etc::parts \"%s\";%nDir::Etc::main \"%s\";%n"
                                .formatted(root.resolve("none"), own));
                return file;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public Path path(String absolute) {
            return root.resolve(absolute.substring(1));
        }
    }
}
