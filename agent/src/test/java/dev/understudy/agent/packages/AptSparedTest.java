package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What need not be asked of apt, or not with all its lists: real apt and dpkg on a root file
/// system of their own.
@Tag("slow")
class AptSparedTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private @Nullable ThrowawayRoot root;

    @BeforeEach
    void makeRoot(@TempDir Path folder) throws Exception {
        ThrowawayRoot.assumePossible();
        root = new ThrowawayRoot(folder);
    }

    @AfterEach
    void removeRoot() throws Exception {
        if (root != null) {
            root.remove();
        }
    }

    @Test
    void aSimulationLeavesTheLogOfTheLastInstallationAsItIs() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "", "");
        apt().refresh(LIMIT);
        Path log = root().path("/var/log/apt/eipp.log.xz");
        Files.createDirectories(log.getParent());
        Files.writeString(log, "the last installation");

        apt().simulate(new Plan(List.of(change("one", "1.0", "1.1"))));
        assertThat(apt().upgrades().pending()).hasSize(1);

        assertThat(log).hasContent("the last installation");
    }

    @Test
    void itsBasisIsAnotherAfterEveryChangeThatMayChangeItsAnswer() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "", "");
        apt().refresh(LIMIT);
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1")));
        String first = apt().basis();
        apt().simulate(plan);
        apt().download(plan, LIMIT);
        assertThat(apt().basis()).isEqualTo(first);

        Path preferences = root().path("/etc/apt/preferences.d/pin");
        Files.createDirectories(preferences.getParent());
        Files.writeString(preferences, "Package: one\nPin: version 1.0\nPin-Priority: 1001\n");
        String pinned = apt().basis();
        Files.writeString(preferences, "Package: one\nPin: version 1.1\nPin-Priority: 1001\n");
        String pinnedElsewhere = apt().basis();
        root().publish("one", "1.2", "", "", "");
        apt().refresh(LIMIT);
        String refreshed = apt().basis();
        root().must("apt-mark", "hold", "one");
        String held = apt().basis();
        root().must("apt-mark", "auto", "one");

        assertThat(List.of(first, pinned, pinnedElsewhere, refreshed, held, apt().basis()))
                .doesNotHaveDuplicates();
    }

    @Test
    void fetchesAnArchiveAgainThatIsNotWhole() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "", "");
        apt().refresh(LIMIT);
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1")));
        apt().download(plan, LIMIT);
        Path archive = root().path("/var/cache/apt/archives/one_1.1_all.deb");
        long whole = Files.size(archive);
        Files.write(archive, new byte[] {'!', '<'});

        apt().download(plan, LIMIT);

        assertThat(archive).hasSize(whole);
        apt().apply(plan, LIMIT);
        assertThat(versions()).isEqualTo(Map.of("one", "1.1"));
    }

    @Test
    void checksThePackagesWithoutTheListsAndWithoutACache() throws Exception {
        publishAndInstall("one", "1.0", "");
        try (var lists = Files.newDirectoryStream(root().path("/var/lib/apt/lists"), "*Packages")) {
            for (Path list : lists) {
                Files.writeString(list, "Package: one\nVersion: 1.0\nDepends: nothing-at-all\n");
            }
        }
        for (String cache : List.of("pkgcache.bin", "srcpkgcache.bin")) {
            Files.deleteIfExists(root().path("/var/cache/apt/" + cache));
        }

        assertThat(apt().inconsistencies()).isEmpty();
        assertThat(root().path("/var/cache/apt/pkgcache.bin")).doesNotExist();
        assertThat(root().path("/var/cache/apt/srcpkgcache.bin")).doesNotExist();
    }

    @Test
    void findsADependencyThatIsNotMetWithoutTheLists() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("two", "1.0", "Depends: one", "", "");
        apt().refresh(LIMIT);
        root().must("apt-get", "-y", "-q", "install", "two");
        root().must("dpkg", "--force-depends", "--remove", "one");

        assertThat(apt().inconsistencies()).anyMatch(found -> found.contains("two : Depends: one"));
    }

    private void publishAndInstall(String name, String version, String configuration)
            throws Exception {
        root().publish(name, version, "", "", configuration);
        String file = "/repository/%s_%s_all.deb".formatted(name, version);
        root().must("dpkg", "-i", file);
    }

    private ThrowawayRoot root() {
        if (root == null) {
            throw new IllegalStateException("no root was made");
        }
        return root;
    }

    private Apt apt() {
        return new Apt(root(), AptSettings.ofHost());
    }

    private Map<String, String> versions() throws Exception {
        return ThrowawayRoot.added(apt().installed());
    }

    private static PackageChange change(String name, String from, String to) {
        return new PackageChange(name, "all", from, to);
    }
}
