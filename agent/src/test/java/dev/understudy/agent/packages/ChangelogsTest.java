package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.LiveHost;
import dev.understudy.protocol.PendingUpgrade;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangelogsTest {
    @Tag("slow")
    @Test
    void readsTheCvesOfRealCandidatesAndRemembersThem(@TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/apt-get")), "needs apt");
        LiveHost host = new LiveHost();
        AptSettings settings = AptSettings.observing(folder.resolve("apt"));
        List<PendingUpgrade> pending = new Apt(host, settings).pending();
        assumeTrue(pending.stream().anyMatch(PendingUpgrade::security), "nothing is pending");
        Changelogs changelogs = new Changelogs(host, settings, folder.resolve("changelogs"));

        List<PendingUpgrade> read = changelogs.read(pending, Duration.ofMinutes(3));

        assumeTrue(read.stream().anyMatch(PendingUpgrade::changelogRead), "no archive to be had");
        assertThat(read).hasSameSizeAs(pending);
        assertThat(read).anyMatch(p -> p.security() && !p.cves().isEmpty());
        assertThat(changelogs.read(pending, Duration.ofMillis(1)))
                .filteredOn(PendingUpgrade::changelogRead)
                .isEqualTo(read.stream().filter(PendingUpgrade::changelogRead).toList());
        try (var left = Files.list(folder.resolve("changelogs"))) {
            assertThat(left).allMatch(file -> file.toString().endsWith(".txt"));
        }
    }
}
