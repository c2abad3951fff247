package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import dev.understudy.protocol.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real apt and dpkg on a root file system of their own, with packages made for the purpose.
@Tag("slow")
class AptAppliesTest {
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
    void tellsAKilledDpkgFromAPackageThatFails() throws Exception {
        publishAndInstall("killed", "1.0", "");
        publishAndInstall("faulty", "1.0", "");
        root().publish("killed", "1.1", "", "kill -9 $PPID", "");
        root().publish("faulty", "1.1", "", "exit 1", "");
        apt().refresh(LIMIT);

        assertThat(failureOf(new Plan(List.of(change("faulty", "1.0", "1.1")))).wasKilled())
                .isFalse();
        assertThat(failureOf(new Plan(List.of(change("killed", "1.0", "1.1")))).wasKilled())
                .isTrue();
    }

    @Test
    void waitsForAnotherUserOfTheDatabaseInsteadOfFindingFaultWithIt() throws Exception {
        publishAndInstall("slow", "1.0", "");
        String waits = "touch /configuring; while [ ! -e /seen ]; do sleep 0.1; done";
        root().publish("slow", "1.1", "", waits, "");
        apt().refresh(LIMIT);
        try (Background<Output> other =
                Background.start(
                        "other",
                        () -> root().run(Command.of("apt-get", "-y", "install", "slow")))) {
            while (!Files.exists(root().path("/configuring"))) {
                Thread.sleep(20);
            }
            assertThat(new DpkgDatabase(root()).inconsistencies()).isNotEmpty();
            try (Background<List<String>> judged =
                    Background.start("judged", () -> apt().inconsistencies())) {
                Thread.sleep(500);
                Files.writeString(root().path("/seen"), "");
                assertThat(judged.get(PackageManagerException.class)).isEmpty();
            }
            assertThat(other.get().succeeded()).isTrue();
        }
    }

    private PackageManagerException failureOf(Plan plan) throws Exception {
        apt().download(plan, LIMIT);
        return org.assertj.core.api.Assertions.catchThrowableOfType(
                PackageManagerException.class, () -> apt().apply(plan, LIMIT));
    }

    @Test
    void upgradesExactlyThePlanAndKeepsTheOwnersConfigurationAndMarks() throws Exception {
        publishAndInstall("one", "1.0", "old\n");
        publishAndInstall("two", "1.0", "");
        root().must("apt-mark", "auto", "two");
        Files.writeString(root().path("/etc/one.conf"), "the owner's\n");
        root().publish("one", "1.1", "", "", "new\n");
        root().publish("two", "1:1.0", "", "", "");
        apt().refresh(LIMIT);

        assertThat(apt().pending())
                .extracting(PendingUpgrade::change, PendingUpgrade::blocked, PendingUpgrade::suite)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                change("one", "1.0", "1.1"), Blocked.NONE, "test-security"),
                        org.assertj.core.groups.Tuple.tuple(
                                change("two", "1.0", "1:1.0"), Blocked.NONE, "test-security"));
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1"), change("two", "1.0", "1:1.0")));
        assertThat(apt().simulate(plan)).isEqualTo(plan.changes());
        apt().download(plan, LIMIT);
        List<String> kept = apt().apply(plan, LIMIT);

        assertThat(versions()).isEqualTo(Map.of("one", "1.1", "two", "1:1.0"));
        assertThat(kept)
                .containsExactly(
                        "/etc/one.conf was kept; the package's is" + " /etc/one.conf.dpkg-dist");
        assertThat(Files.readString(root().path("/etc/one.conf"))).isEqualTo("the owner's\n");
        assertThat(root().must("apt-mark", "showauto").strip()).isEqualTo("two");
        assertThat(apt().inconsistencies()).isEmpty();
        assertThat(apt().pending()).isEmpty();
    }

    /// The root, where commands of this kind end so.
    private Place where(Predicate<List<String>> kind, Output output) {
        return new Place() {
            @Override
            public Output run(Command command) throws InterruptedException {
                return kind.test(command.arguments()) ? output : root().run(command);
            }

            @Override
            public Path path(String absolute) {
                return root().path(absolute);
            }
        };
    }

    @Test
    void takesACheckThatWasKilledForNoAnswer() throws Exception {
        publishAndInstall("one", "1.0", "");
        Place killing =
                where(c -> c.contains("check"), new Output(137, "", "", false, Duration.ZERO));

        PackageManagerException failure =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                        PackageManagerException.class,
                        () -> new Apt(killing, AptSettings.ofHost()).inconsistencies());

        assertThat(failure.wasKilled()).isTrue();
        assertThat(apt().inconsistencies()).isEmpty();
    }

    @Test
    void fetchesListsAgainThatALossOfPowerCutOff() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "", "");
        apt().refresh(LIMIT);
        try (var lists = Files.newDirectoryStream(root().path("/var/lib/apt/lists"), "*Packages")) {
            for (Path list : lists) {
                Files.delete(list);
                Files.createFile(list);
            }
        }
        assertThat(apt().pending()).isEmpty();
        assertThat(apt().metadataAsOf()).isEmpty();

        apt().refresh(LIMIT);

        assertThat(apt().metadataAsOf()).isPresent();
        assertThat(apt().pending())
                .extracting(PendingUpgrade::change)
                .containsExactly(change("one", "1.0", "1.1"));
    }

    @Test
    void leavesOutVersionsThatThePlanDoesNotName() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "", "");
        root().publish("one", "1.2", "", "", "");
        apt().refresh(LIMIT);
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1")));

        apt().download(plan, LIMIT);
        apt().apply(plan, LIMIT);

        assertThat(versions()).isEqualTo(Map.of("one", "1.1"));
    }

    @Test
    void reportsWhatAPlanWouldBringAlong() throws Exception {
        publishAndInstall("one", "1.0", "");
        publishAndInstall("foe", "1.0", "");
        root().publish("one", "1.1", "Depends: fresh\nConflicts: foe", "", "");
        root().publish("fresh", "3", "", "", "");
        apt().refresh(LIMIT);
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1")));

        assertThat(apt().simulate(plan))
                .containsExactly(
                        new PackageChange("foe", "all", "1.0", null),
                        new PackageChange("fresh", "all", null, "3"),
                        change("one", "1.0", "1.1"));
        assertThat(apt().pending())
                .extracting(PendingUpgrade::blocked)
                .containsExactly(Blocked.CONFLICT);
        apt().download(new Plan(apt().simulate(plan)), LIMIT);
        assertThatThrownBy(() -> apt().apply(plan, LIMIT))
                .isInstanceOf(PackageManagerException.class);
        assertThat(versions()).isEqualTo(Map.of("one", "1.0", "foe", "1.0"));
        apt().apply(new Plan(apt().simulate(plan)), LIMIT);
        assertThat(versions()).isEqualTo(Map.of("one", "1.1", "fresh", "3"));
        assertThat(root().must("apt-mark", "showauto").strip()).isEqualTo("fresh");
    }

    @Test
    void saysWhyAnUpgradeWouldNotBeInstalled() throws Exception {
        publishAndInstall("held", "1.0", "");
        publishAndInstall("pinned", "1.0", "");
        publishAndInstall("phased", "1.0", "");
        publishAndInstall("lonely", "1.0", "");
        publishAndInstall("free", "1.0", "");
        root().must("apt-mark", "hold", "held");
        Files.writeString(
                root().path("/etc/apt/preferences.d/mine"),
                "Package: pinned\nPin: version 1.0\nPin-Priority: 1001\n");
        root().publish("held", "1.1", "", "", "");
        root().publish("pinned", "1.1", "", "", "");
        root().publish("lonely", "1.1", "Depends: not-there", "", "");
        root().publish("free", "1.1", "", "", "");
        apt().refresh(LIMIT);

        assertThat(
                        apt().pending().stream()
                                .collect(
                                        Collectors.toMap(
                                                PendingUpgrade::name, PendingUpgrade::blocked)))
                .isEqualTo(
                        Map.of(
                                "held", Blocked.HELD,
                                "pinned", Blocked.PINNED,
                                "lonely", Blocked.CONFLICT,
                                "free", Blocked.NONE));
    }

    /// Phasing is Ubuntu's; apt does it wherever an archive asks for it. Never is what the owner
    /// can set; by itself apt decides by the machine's id, and not at all in a changed root.
    @Test
    void tellsAPhasedUpgradeFromOneInConflictAndWouldInstallItWhereAPlanNamesIt() throws Exception {
        publishAndInstall("phased", "1.0", "");
        publishAndInstall("whole", "1.0", "");
        publishAndInstall("needs", "1.0", "");
        Files.writeString(
                root().path("/etc/apt/apt.conf.d/phasing"),
                "APT::Get::Never-Include-Phased-Updates \"true\";\n");
        root().publish("phased", "1.1", "Phased-Update-Percentage: 40", "", "");
        root().publish("whole", "1.1", "Phased-Update-Percentage: 100", "", "");
        root().publish("needs", "1.1", "Phased-Update-Percentage: 40\nDepends: not-there", "", "");
        apt().refresh(LIMIT);

        assertThat(
                        apt().pending().stream()
                                .collect(
                                        Collectors.toMap(
                                                PendingUpgrade::name, PendingUpgrade::blocked)))
                .isEqualTo(
                        Map.of(
                                "phased", Blocked.PHASED,
                                "needs", Blocked.CONFLICT,
                                "whole", Blocked.NONE));

        Plan plan = new Plan(List.of(change("phased", "1.0", "1.1")));
        assertThat(apt().simulate(plan)).isEqualTo(plan.changes());

        Files.writeString(
                root().path("/etc/apt/apt.conf.d/phasing"),
                "APT::Get::Always-Include-Phased-Updates \"true\";\n");
        assertThat(
                        apt().pending().stream()
                                .collect(
                                        Collectors.toMap(
                                                PendingUpgrade::name, PendingUpgrade::blocked)))
                .isEqualTo(
                        Map.of(
                                "phased", Blocked.NONE,
                                "needs", Blocked.CONFLICT,
                                "whole", Blocked.NONE));
    }

    @Test
    void failsWithThePostinstAndSaysWhatIsWrongUntilThereIsAGoodVersion() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "echo broken on purpose; exit 3", "");
        apt().refresh(LIMIT);
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1")));
        apt().download(plan, LIMIT);

        assertThatThrownBy(() -> apt().apply(plan, LIMIT))
                .isInstanceOf(PackageManagerException.class)
                .hasMessageContaining("broken on purpose");
        assertThat(apt().inconsistencies())
                .anyMatch(said -> said.contains("one:all") && said.contains("configuration"));
        assertThatThrownBy(() -> apt().repair(LIMIT))
                .isInstanceOf(PackageManagerException.class)
                .hasMessageContaining("one:all");
    }

    @Test
    void endsAHungPostinstAtItsLimitAndRepairsOnceItNoLongerHangs() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "[ -e /let-go ] || sleep 300", "");
        apt().refresh(LIMIT);
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1")));
        apt().download(plan, LIMIT);

        assertThatThrownBy(() -> apt().apply(plan, Duration.ofSeconds(6)))
                .isInstanceOf(PackageManagerException.class)
                .hasMessageContaining("longer than 6 s");
        assertThat(apt().inconsistencies()).isNotEmpty();
        Files.writeString(root().path("/let-go"), "");
        apt().repair(LIMIT);

        assertThat(apt().inconsistencies()).isEmpty();
        assertThat(versions()).isEqualTo(Map.of("one", "1.1"));
    }

    @Test
    void namesTheHolderOfTheLockWhenItHasWaitedLongEnough() throws Exception {
        publishAndInstall("one", "1.0", "");
        root().publish("one", "1.1", "", "", "");
        apt().refresh(LIMIT);
        Plan plan = new Plan(List.of(change("one", "1.0", "1.1")));
        apt().download(plan, LIMIT);
        Apt impatient = new Apt(root(), new AptSettings(null, Duration.ofSeconds(1), null));
        Process holder =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                """
                                import fcntl, sys, time
                                f = open(sys.argv[1], "w")
                                fcntl.lockf(f, fcntl.LOCK_EX)
                                print("held", flush=True)
                                time.sleep(300)
                                """,
                                root().path("/var/lib/dpkg/lock-frontend").toString())
                        .start();
        try {
            assumeTrue(holder.getInputStream().read() == 'h', "needs python3 to hold a lock");

            assertThatThrownBy(() -> impatient.apply(plan, LIMIT))
                    .isInstanceOf(PackageManagerException.class)
                    .hasMessageContaining("python3 (pid " + holder.pid() + ")");
        } finally {
            holder.destroyForcibly().waitFor();
        }
        impatient.apply(plan, LIMIT);
        assertThat(versions()).isEqualTo(Map.of("one", "1.1"));
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
