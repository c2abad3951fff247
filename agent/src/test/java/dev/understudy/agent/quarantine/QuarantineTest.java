package dev.understudy.agent.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.understudy.agent.checkpoint.FixedPackages;
import dev.understudy.agent.orders.LocalPolicy;
import dev.understudy.agent.packages.KeptAway;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.Makeup;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.QuarantinedVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
    private final FixedPackages packages = new FixedPackages();
    private LocalPolicy policy = LocalPolicy.observing();

    @TempDir Path folder;
    @TempDir Path owners;

    @BeforeEach
    void managed() throws IOException {
        policy = policy("{\"mode\": \"managed\"}");
    }

    @Test
    void keepsToWhatConcernsThisHostAlsoWhenItIsCutOffAndStartedAnew() throws Exception {
        Quarantine quarantine = quarantine();
        assertThat(quarantine.digest()).isEmpty();
        quarantine.seen(host("one"));
        assertThat(packages.kept).isNull();
        QuarantineNotice notice =
                QuarantineNotice.of(
                        List.of(
                                quarantined("bookworm", "shop", "1.1", null),
                                quarantined("trixie", "shop", "1.2", null),
                                quarantined("bookworm", "bank", "7", makeup("one")),
                                quarantined("bookworm", "mint", "8", makeup("two"))));
        quarantine.heard(notice);
        assertThat(packages.kept).hasSize(2);
        assertThat(quarantine.digest()).isEqualTo(notice.digest());
        for (Quarantine each : List.of(quarantine, quarantine())) {
            each.heard(null);
            assertThat(packages.kept)
                    .extracting(KeptAway::name, KeptAway::version)
                    .containsExactly(tuple("libshop", "1.1"), tuple("libbank", "7"));
            assertThat(each.digest()).isEqualTo(notice.digest());
            packages.kept = null;
        }
        quarantine.seen(host("two"));
        assertThat(packages.kept).extracting(KeptAway::name).containsExactly("libshop", "libmint");
        quarantine.heard(QuarantineNotice.of(List.of()));
        assertThat(packages.kept).isEmpty();
    }

    @Test
    void refusesPlansByWhatTheVersionsStandForHereAndElseByTheirOwnNames() throws Exception {
        Quarantine quarantine = told();
        assertThat(quarantine.refusal(plan("libshop", "1.1")).orElse(""))
                .startsWith("libshop 1.1 is in quarantine")
                .contains("understudy quarantine release bookworm/shop/1.1")
                .endsWith(": it answers 503");
        assertThat(quarantine.refusal(plan("libshop", "1.2"))).isEmpty();
        assertThat(quarantine.refusal(plan("other", "1.1"))).isEmpty();
        assertThat(
                        quarantine.refusal(
                                new Plan(
                                        List.of(
                                                new PackageChange(
                                                        "libshop", "amd64", "1.1", null)))))
                .isEmpty();
        packages.fails = true;
        quarantine.seen(host("two"));
        Quarantine anew = quarantine();
        anew.settle();
        assertThat(anew.refusal(plan("shop", "1.1"))).isPresent();
        packages.fails = false;
        packages.kept = null;
        anew.heard(null);
        assertThat(packages.kept).hasSize(1);
        assertThat(anew.refusal(plan("libshop", "1.1"))).isPresent();
    }

    @Test
    void knowsWhatUpgradesBringQuarantinedVersions() throws Exception {
        Quarantine quarantine = told();
        assertThat(quarantine.of(upgrade("libshop3", "2:1.1", "shop", "1.1"))).isPresent();
        assertThat(quarantine.of(upgrade("shop", "1.1", "stall", "9"))).isPresent();
        assertThat(quarantine.of(upgrade("libshop3", "2:1.2", "shop", "1.2"))).isEmpty();
        assertThat(quarantine.of(upgrade("other", "1.1", "other", "1.1"))).isEmpty();
    }

    @Test
    void leavesAHostAloneThatIsOnlyObserved() throws Exception {
        policy = LocalPolicy.observing();
        Quarantine quarantine = told();
        assertThat(quarantine.here()).hasSize(1);
        assertThat(packages.kept).isEmpty();
        policy = policy("{\"mode\": \"managed\"}");
        quarantine.seen(host("one"));
        assertThat(packages.kept).hasSize(1);
    }

    @Test
    void theOwnersWordGoesFirst() throws Exception {
        policy = policy("{\"mode\": \"managed\", \"refuseQuarantine\": true}");
        assertThat(policy.sentences()).anySatisfy(each -> assertThat(each).contains("quarantined"));
        Quarantine quarantine = told();
        assertThat(packages.kept).isEmpty();
        assertThat(quarantine.refusal(plan("libshop", "1.1"))).isEmpty();
        policy = policy("{\"mode\": \"managed\"}");
        quarantine.seen(host("one"));
        assertThat(packages.kept).hasSize(1);
        packages.kept = null;
        policy = policy("{\"mode\": \"manged\"}");
        quarantine.seen(host("one"));
        assertThat(packages.kept).as("told by a policy that cannot be used").isNull();
    }

    @Test
    void asksAgainForAListThatWasDamagedAndLeavesTheHostAsItIsUntilThen() throws Exception {
        told();
        Files.writeString(folder.resolve("notice.json"), "{");
        packages.kept = null;
        Quarantine anew = quarantine();
        anew.seen(host("one"));
        assertThat(anew.digest()).isEmpty();
        assertThat(packages.kept).isNull();
    }

    /// That of a host which was told of one version.
    private Quarantine told() throws InterruptedException {
        Quarantine quarantine = quarantine();
        quarantine.heard(
                QuarantineNotice.of(List.of(quarantined("bookworm", "shop", "1.1", null))));
        quarantine.seen(host("one"));
        return quarantine;
    }

    private Quarantine quarantine() {
        return new Quarantine(folder, packages, () -> policy);
    }

    private LocalPolicy policy(String json) throws IOException {
        return LocalPolicy.read(Files.writeString(owners.resolve("policy.json"), json));
    }

    private static QuarantinedVersion quarantined(
            String release, String source, String version, @Nullable String makeup) {
        return new QuarantinedVersion(release, source, version, makeup, "it answers 503");
    }

    private static Plan plan(String name, String version) {
        return new Plan(List.of(new PackageChange(name, "amd64", "1.0", version)));
    }

    private static PendingUpgrade upgrade(
            String name, String version, String source, String sourceVersion) {
        return new PendingUpgrade(
                name,
                "amd64",
                "1.0",
                version,
                source,
                sourceVersion,
                "",
                "",
                "",
                true,
                PendingUpgrade.Blocked.NONE,
                List.of(),
                true,
                0);
    }

    private static String makeup(String configuration) {
        return Makeup.of(host(configuration)).orElseThrow();
    }

    private static Inventory host(String configuration) {
        return new Inventory(
                new Platform("debian", "12", "bookworm", "", "amd64", "none"),
                new Kernel("6.1", List.of("6.1")),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Capabilities("apt", true, "", Capabilities.Mode.MANAGED, List.of()),
                null,
                Digests.sha256(configuration));
    }
}
