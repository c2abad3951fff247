package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Background;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PendingUpgrade;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds out of apt what could be upgraded, what would be, and what holds the rest up.
final class AptUpgrades {
    private final Place place;
    private final AptCommands apt;

    AptUpgrades(Place place, AptCommands apt) {
        this.place = place;
        this.apt = apt;
    }

    Upgrades of(List<InstalledPackage> installed)
            throws PackageManagerException, InterruptedException {
        // The slowest answer of all, and hardly ever in vain.
        try (Background<Simulation> simulating =
                Background.start("simulate", () -> upgrade(installed, "dist-upgrade"))) {
            return of(installed, simulating);
        }
    }

    private Upgrades of(List<InstalledPackage> installed, Background<Simulation> simulating)
            throws PackageManagerException, InterruptedException {
        String architecture = new DpkgDatabase(place).nativeArchitecture();
        Map<String, AptPolicy> policies = policies(names(installed, architecture), List.of());
        List<String> passedOver =
                policies.entrySet().stream()
                        .filter(p -> p.getValue().newerThanInstalledExists())
                        .filter(p -> p.getValue().candidate().equals(p.getValue().installed()))
                        .map(Map.Entry::getKey)
                        .toList();
        Map<String, AptPolicy> withoutPins = policies(passedOver, WITHOUT_PREFERENCES);
        List<String> wanted = new ArrayList<>();
        for (InstalledPackage p : installed) {
            String name = PendingUpgrades.aptName(p, architecture);
            String target = PendingUpgrades.target(p, name, policies, withoutPins);
            if (!target.equals(p.version())) {
                wanted.add(PendingUpgrades.key(name, target));
            }
        }
        if (wanted.isEmpty()) {
            return new Upgrades(List.of(), List.of());
        }
        Map<String, AptSource> sources =
                AptSource.parse(apt.read("apt-get", List.of("indextargets", PACKAGES)));
        Map<String, Map<String, String>> records = records(wanted, architecture);
        Set<String> held = held();
        Simulation whole = simulating.get(PackageManagerException.class);
        Simulation safe =
                whole.removals() == 0 ? whole : upgrade(installed, "upgrade", "--with-new-pkgs");
        Simulation unphased =
                records.values().stream().anyMatch(PendingUpgrades::isPhased)
                        ? upgrade(installed, UNPHASED.toArray(String[]::new))
                        : whole;
        List<PendingUpgrade> pending =
                new PendingUpgrades(
                                architecture,
                                policies,
                                withoutPins,
                                sources,
                                records,
                                held,
                                whole,
                                safe,
                                unphased)
                        .of(installed);
        return new Upgrades(pending, safe.changes());
    }

    /// What would be installed if every archive had rolled its updates out to all hosts.
    private static final List<String> UNPHASED =
            List.of(
                    "-o",
                    "APT::Get::Always-Include-Phased-Updates=true",
                    "-o",
                    "APT::Get::Never-Include-Phased-Updates=false",
                    "dist-upgrade");

    private static final String PACKAGES = "Created-By: Packages";

    private static final List<String> WITHOUT_PREFERENCES =
            List.of(
                    "-o",
                    "Dir::Etc::Preferences=/dev/null",
                    "-o",
                    "Dir::Etc::PreferencesParts=/dev/null",
                    "-o",
                    "APT::Default-Release=");

    private Map<String, AptPolicy> policies(List<String> names, List<String> options)
            throws PackageManagerException, InterruptedException {
        Map<String, AptPolicy> policies = new HashMap<>();
        for (List<String> some : AptCommands.chunks(names)) {
            List<String> arguments = new ArrayList<>(options);
            arguments.add("policy");
            arguments.addAll(some);
            policies.putAll(AptPolicy.parse(apt.read("apt-cache", arguments), some));
        }
        return policies;
    }

    private Map<String, Map<String, String>> records(List<String> wanted, String architecture)
            throws PackageManagerException, InterruptedException {
        return PendingUpgrades.byKey(apt.show(wanted), architecture);
    }

    private Set<String> held() throws PackageManagerException, InterruptedException {
        return apt.read("apt-mark", List.of("showhold")).lines().collect(Collectors.toSet());
    }

    /// What a whole upgrade would do; nothing where the dependencies of what is installed are not
    /// met, since apt then refuses and every candidate is in conflict.
    private Simulation upgrade(List<InstalledPackage> installed, String... how)
            throws PackageManagerException, InterruptedException {
        List<String> arguments = new ArrayList<>(AptCommands.SIMULATED);
        arguments.addAll(List.of(how));
        Output output = place.run(apt.command("apt-get", arguments));
        if (output.exitCode() == 100 && !output.truncated()) {
            return new Simulation(List.of(), 0);
        }
        AptCommands.requireWhole("simulating an upgrade", output);
        return Simulation.parse(output.stdout(), architectures(installed));
    }

    static Map<String, String> architectures(List<InstalledPackage> installed) {
        Map<String, String> architectures = new HashMap<>();
        installed.forEach(p -> architectures.putIfAbsent(p.name(), p.architecture()));
        return architectures;
    }

    private static List<String> names(List<InstalledPackage> installed, String architecture) {
        return installed.stream()
                .map(p -> PendingUpgrades.aptName(p, architecture))
                .distinct()
                .toList();
    }
}
