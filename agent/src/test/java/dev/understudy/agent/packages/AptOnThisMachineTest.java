package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.exec.Output;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptOnThisMachineTest {
    private final LiveHost host = new LiveHost();

    @TempDir Path folder;

    @BeforeEach
    void needsDebian() {
        assumeTrue(Files.exists(Path.of("/var/lib/dpkg/status")), "needs a Debian machine");
        assumeTrue(Files.exists(Path.of("/usr/bin/apt-get")), "needs apt");
    }

    @Test
    void listsWhatDpkgLists() throws Exception {
        List<String> names =
                host.run(Command.of("dpkg-query", "-W", "-f", "${Package}\\n"))
                        .stdout()
                        .lines()
                        .toList();

        assertThat(new Apt(host, AptSettings.ofHost()).installed())
                .extracting(p -> p.name())
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void findsPendingWhatAptWouldUpgrade() throws Exception {
        Apt apt = new Apt(host, AptSettings.ofHost());
        List<PackageChange> expected = distUpgrade();
        assumeTrue(!expected.isEmpty(), "nothing is pending on this machine");

        List<PendingUpgrade> pending = apt.pending();

        assertThat(pending)
                .filteredOn(p -> p.blocked() == PendingUpgrade.Blocked.NONE)
                .extracting(PendingUpgrade::change)
                .containsExactlyInAnyOrderElementsOf(
                        expected.stream().filter(c -> c.from() != null).toList());
        assertThat(pending).allMatch(p -> p.downloadBytes() > 0 && !p.suite().isEmpty());
        assertThat(apt.metadataAsOf()).isPresent();
    }

    @Test
    void simulatesAWholePlanExactly() throws Exception {
        Apt apt = new Apt(host, AptSettings.ofHost());
        List<PackageChange> expected = distUpgrade();
        assumeTrue(!expected.isEmpty(), "nothing is pending on this machine");

        assertThat(apt.simulate(new Plan(expected))).isEqualTo(new Plan(expected).changes());
    }

    @Test
    void readsTheSameFromListsOfItsOwn() throws Exception {
        assumeTrue(!distUpgrade().isEmpty(), "nothing is pending on this machine");
        Apt own = new Apt(host, AptSettings.observing(folder.resolve("apt")));

        assertThat(own.metadataAsOf()).isPresent();
        assertThat(own.pending()).isEqualTo(new Apt(host, AptSettings.ofHost()).pending());
    }

    @Test
    void findsThisMachineConsistent() throws Exception {
        assertThat(new Apt(host, AptSettings.ofHost()).inconsistencies()).isEmpty();
    }

    private List<PackageChange> distUpgrade() throws Exception {
        Output output =
                host.run(Command.of("apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"));
        return Simulation.parse(output.stdout(), java.util.Map.of()).changes();
    }
}
