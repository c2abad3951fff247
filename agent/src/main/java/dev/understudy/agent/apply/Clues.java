package dev.understudy.agent.apply;

import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.health.UnitFiles;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.Clue;
import dev.understudy.protocol.Clue.Kind;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Gathers, before an undo wipes the traces, what points at the cause of a failure.
final class Clues {
    private static final String FULL = "No space left on device";

    /// Beyond so many units that failed, something else is wrong than one package.
    private static final int MOST_UNITS = 20;

    private final ManagedHost host;
    private final Set<String> planned;
    private final List<Clue> found = new ArrayList<>();

    Clues(ManagedHost host, Plan plan) {
        this.host = host;
        this.planned = plan.changes().stream().map(PackageChange::name).collect(Collectors.toSet());
    }

    List<Clue> all() {
        return List.copyOf(found);
    }

    /// The host itself is the reason.
    void ofHost(String detail) {
        found.add(new Clue(Kind.HOST, "", detail));
    }

    void ofInstallation(PackageManagerException failure) {
        if (failure.wasKilled()) {
            ofHost("The package manager was killed.");
        }
    }

    /// What an installation that did not come through left behind.
    void ofUnfinished(List<String> faults) throws InterruptedException {
        host.spaceMissing().ifPresent(this::ofHost);
        if (faults.stream().anyMatch(fault -> fault.contains(FULL))) {
            ofHost("The disk was full.");
        }
        try {
            for (InstalledPackage p : host.packages().installed()) {
                if (planned.contains(p.name()) && failedItself(p)) {
                    found.add(
                            new Clue(
                                    Kind.INSTALLATION,
                                    p.name(),
                                    "The installation of %s failed (dpkg has it as '%s')."
                                            .formatted(p.name(), p.status().strip())));
                }
            }
        } catch (PackageManagerException e) {
            ofHost("The package database could not be read: " + e.getMessage());
        }
    }

    /// Half configured or half installed; one that only waits for another is not at fault.
    private static boolean failedItself(InstalledPackage p) {
        return p.status().length() >= 2
                && (p.status().charAt(1) == 'F' || p.status().charAt(1) == 'H');
    }

    /// Whose units are behind what is not healthy any more.
    void ofHealth(HealthSample before, List<CheckResult> wrong) throws InterruptedException {
        host.spaceMissing().ifPresent(this::ofHost);
        Set<String> units = new TreeSet<>();
        wrong.forEach(check -> units.addAll(Health.units(before, check)));
        int traced = 0;
        for (String unit : units) {
            if (traced++ == MOST_UNITS) {
                return;
            }
            trace(unit);
        }
    }

    void ofUnits(List<String> sentences, HealthSample before) throws InterruptedException {
        for (var unit : before.units()) {
            if (sentences.stream().anyMatch(sentence -> sentence.contains(unit.name()))) {
                trace(unit.name());
            }
        }
    }

    private void trace(String unit) throws InterruptedException {
        UnitFiles.Packages behind = host.behind(unit);
        behind.owners().stream()
                .filter(planned::contains)
                .sorted()
                .map(
                        name ->
                                new Clue(
                                        Kind.OWNER,
                                        name,
                                        "%s is a unit of %s.".formatted(unit, name)))
                .forEach(this::add);
        behind.used().stream()
                .filter(planned::contains)
                .filter(name -> !behind.owners().contains(name))
                .sorted()
                .map(
                        name ->
                                new Clue(
                                        Kind.USED,
                                        name,
                                        "%s runs files of %s.".formatted(unit, name)))
                .forEach(this::add);
    }

    private void add(Clue clue) {
        if (!found.contains(clue)) {
            found.add(clue);
        }
    }
}
