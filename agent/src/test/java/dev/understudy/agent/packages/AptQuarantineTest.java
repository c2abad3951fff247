package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.QuarantinedVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Other users of a real apt, while versions are in quarantine. Source `shop` makes `shop`,
/// `shop-lib`, whose versions are of another kind, and `shop-new`, which is not installed.
@Tag("slow")
class AptQuarantineTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path FOLDER = Path.of("/var/lib/understudy/quarantine");
    private static final QuarantinedVersion BAD =
            new QuarantinedVersion("bookworm", "shop", "1.2", null, "It answers 503\nPackage: *");

    private @Nullable ThrowawayRoot root;

    @BeforeEach
    void makeShop(@TempDir Path folder) throws Exception {
        ThrowawayRoot.assumePossible();
        root = new ThrowawayRoot(folder);
        publish("1.0");
        root().publish("other", "1.0", "", "", "");
        apt().refresh(LIMIT);
        root().must("apt-get", "-y", "-q", "install", "shop", "shop-lib", "other");
        publish("1.2");
        root().publish("other", "2.0", "", "", "");
        apt().refresh(LIMIT);
    }

    @AfterEach
    void removeRoot() throws Exception {
        if (root != null) {
            root.remove();
        }
    }

    private void publish(String version) throws Exception {
        root().publish("shop", version, "", "", "");
        root().publish("shop-lib", "7:" + version + ".9", "Source: shop (" + version + ")", "", "");
        root().publish("shop-new", version, "Source: shop", "", "");
    }

    @Test
    void upgradesPassOverQuarantinedVersionsUntilTheyAreReleased() throws Exception {
        keepAway(BAD);
        root().must("apt-get", "-y", "-q", "dist-upgrade");
        assertThat(versions())
                .isEqualTo(Map.of("shop", "1.0", "shop-lib", "7:1.0.9", "other", "2.0"));
        assertThat(root().must("apt-cache", "policy", "shop-new")).contains("Candidate: 1.0");
        keepAway();
        for (String made : List.of(AptQuarantine.PINS, AptQuarantine.HOOK, FOLDER + "/refuse")) {
            assertThat(root().path(made)).doesNotExist();
        }
        root().must("apt-get", "-y", "-q", "dist-upgrade");
        assertThat(versions())
                .isEqualTo(Map.of("shop", "1.2", "shop-lib", "7:1.2.9", "other", "2.0"));
    }

    @Test
    void whoNamesAQuarantinedVersionIsToldWhyHeMayNotInstallIt() throws Exception {
        keepAway(BAD);
        for (String named : List.of("shop=1.2", "shop-lib=7:1.2.9", "shop-new=1.2")) {
            Output output = root().run(Command.of("apt-get", "-y", "-q", "install", named));
            assertThat(output.succeeded()).as(named).isFalse();
            assertThat(output.stderr())
                    .contains("is in quarantine: It answers 503 Package: *")
                    .contains("understudy quarantine");
        }
        assertThat(versions())
                .isEqualTo(Map.of("shop", "1.0", "shop-lib", "7:1.0.9", "other", "1.0"));
        root().must("apt-get", "-y", "-q", "install", "other=2.0");
        // The folder is hidden in a twin, where quarantined versions are rehearsed.
        Files.delete(root().path(FOLDER + "/refuse"));
        root().must("apt-get", "-y", "-q", "install", "shop=1.2");
        assertThat(versions()).containsEntry("shop", "1.2");
    }

    @Test
    void theAgentItselfSeesAptAsItsOwnerHasSetItUp() throws Exception {
        root().publish("pinned", "1.0", "", "", "");
        apt().refresh(LIMIT);
        root().must("apt-get", "-y", "-q", "install", "pinned");
        root().publish("pinned", "1.1", "", "", "");
        apt().refresh(LIMIT);
        Path owners = root().path("/etc/apt/preferences.d/mine");
        Files.writeString(owners, "Package: pinned\nPin: version 1.0\nPin-Priority: 1001\n");
        Map<String, Blocked> before = pending();
        assertThat(before)
                .isEqualTo(
                        Map.of(
                                "pinned 1.1", Blocked.PINNED,
                                "shop 1.2", Blocked.NONE,
                                "shop-lib 7:1.2.9", Blocked.NONE,
                                "other 2.0", Blocked.NONE));
        Plan plan = new Plan(List.of(new PackageChange("shop", "all", "1.0", "1.2")));
        List<PackageChange> simulated = apt().simulate(plan);
        keepAway(BAD);
        assertThat(pending()).isEqualTo(before);
        assertThat(apt().upgrades().together()).hasSize(3);
        assertThat(apt().simulate(plan)).isEqualTo(simulated).containsAll(plan.changes());
        Files.delete(owners);
        assertThat(pending()).containsEntry("pinned 1.1", Blocked.NONE);
    }

    @Test
    void whatIsInstalledAlreadyIsNotPinned() throws Exception {
        root().must("dpkg", "-i", "/repository/shop_1.2_all.deb");
        keepAway(BAD);
        assertThat(root().must("apt-cache", "policy", "shop")).contains("Candidate: 1.2");
        assertThat(root().must("apt-cache", "policy", "shop-lib")).contains("Candidate: 7:1.0.9");
        root().must("dpkg", "-i", "/repository/shop-lib_7%3a1.2.9_all.deb");
        keepAway(BAD);
        assertThat(root().path(AptQuarantine.PINS)).doesNotExist();
        assertThat(root().must("apt-cache", "policy", "shop-lib")).contains("Candidate: 7:1.2.9");
    }

    @Test
    void anAptThatDoesNotTakeItIsLeftAlone() throws Exception {
        Path broken = root().path("/etc/apt/preferences.d/broken");
        Files.writeString(broken, "Explanation: nothing\n\nPackage: shop\n");
        List<KeptAway> kept = List.of(new KeptAway("shop", "1.2", false, BAD));
        assertThatThrownBy(() -> apt().keepAway(kept))
                .isInstanceOf(PackageManagerException.class)
                .hasMessageContaining("preferences.d/broken");
        assertThat(root().path(AptQuarantine.PINS)).doesNotExist();
        assertThat(root().path(AptQuarantine.HOOK)).doesNotExist();
    }

    @Test
    void writesNothingThatIsThereAlready() throws Exception {
        keepAway(BAD);
        Map<Path, Object> before = stamps();
        keepAway(BAD);
        assertThat(stamps()).isEqualTo(before).hasSize(3);
        Files.writeString(root().path(AptQuarantine.PINS), "");
        keepAway(BAD);
        assertThat(Files.readString(root().path(AptQuarantine.PINS))).contains("Package: shop\n");
    }

    private Map<Path, Object> stamps() throws Exception {
        Map<Path, Object> stamps = new java.util.HashMap<>();
        for (String made : List.of(AptQuarantine.PINS, AptQuarantine.HOOK, FOLDER + "/versions")) {
            Path file = root().path(made);
            stamps.put(file, Files.readAttributes(file, "unix:ino,ctime"));
        }
        return stamps;
    }

    private void keepAway(QuarantinedVersion... versions) throws Exception {
        apt().keepAway(apt().standFor(List.of(versions)));
    }

    private Map<String, Blocked> pending() throws Exception {
        return apt().pending().stream()
                .collect(
                        Collectors.toMap(
                                each -> each.name() + " " + each.candidateVersion(),
                                PendingUpgrade::blocked));
    }

    private Apt apt() {
        return new Apt(root(), AptSettings.ofHost().quarantining(FOLDER));
    }

    private Map<String, String> versions() throws Exception {
        return ThrowawayRoot.added(apt().installed());
    }

    private ThrowawayRoot root() {
        if (root == null) {
            throw new IllegalStateException("no root was made");
        }
        return root;
    }
}
