package dev.understudy.agent.packages;

import static dev.understudy.agent.packages.AptSettings.option;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.QuarantinedVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// apt and dpkg. Works as any user as far as reading goes; what changes the host needs root.
public final class Apt implements PackageManager {
    private final Place place;
    private final AptSettings settings;
    private final AptCommands apt;
    private final DpkgDatabase database;
    private final AutoMarks autoMarks;

    public Apt(Place place, AptSettings settings) {
        this.place = place;
        this.settings = settings;
        this.apt = new AptCommands(place, settings);
        this.database = new DpkgDatabase(place);
        this.autoMarks = new AutoMarks(place);
    }

    /// What else has to be asked of apt is asked in the same way.
    AptCommands commands() {
        return apt;
    }

    @Override
    public String name() {
        return "apt";
    }

    @Override
    public List<InstalledPackage> installed() throws PackageManagerException, InterruptedException {
        return database.packages().stream()
                .filter(p -> p.status().length() > 1 && p.status().charAt(1) != 'c')
                .toList();
    }

    @Override
    public Upgrades upgrades() throws PackageManagerException, InterruptedException {
        return new AptUpgrades(place, apt).of(installed());
    }

    @Override
    public Optional<Instant> metadataAsOf() throws PackageManagerException {
        try {
            apt.prepare();
            List<Path> damaged = DamagedLists.in(apt.lists());
            if (!damaged.isEmpty()) {
                Log.warn("apt: package lists are cut off and have to be fetched: %s", damaged);
                return Optional.empty();
            }
            return PackageLists.asOf(apt.lists(), apt.stamp());
        } catch (IOException e) {
            throw new PackageManagerException("the package lists cannot be read: " + e, e);
        }
    }

    @Override
    public void refresh(Duration limit) throws PackageManagerException, InterruptedException {
        apt.prepare();
        DpkgLock.ofDownloads(apt.lists(), apt.archives()).await(settings.lockWait());
        List<String> arguments = new ArrayList<>(List.of("-q", "update"));
        arguments.addAll(option("APT::Update::Error-Mode", "any"));
        try {
            for (Path damaged : DamagedLists.in(apt.lists())) {
                Files.delete(damaged); // apt fetches only what is missing or has changed.
            }
            Output output = place.run(apt.command("apt-get", arguments).within(limit));
            AptCommands.requireSuccess("fetching the package lists", output, limit);
            PackageLists.bringToDisk(apt.lists());
            PackageLists.refreshed(apt.stamp());
        } catch (IOException e) {
            throw new PackageManagerException("the package lists cannot be kept: " + e, e);
        }
    }

    @Override
    public List<PackageChange> simulate(Plan plan)
            throws PackageManagerException, InterruptedException {
        List<String> arguments = new ArrayList<>(AptCommands.SIMULATED);
        arguments.addAll(AptCommands.EXACT);
        arguments.add("install");
        arguments.addAll(AptCommands.specifications(plan));
        Output output = place.run(apt.command("apt-get", arguments));
        AptCommands.requireWhole("simulating the plan", output);
        return Simulation.parse(output.stdout(), AptUpgrades.architectures(installed())).changes();
    }

    @Override
    public List<KeptAway> standFor(List<QuarantinedVersion> versions)
            throws PackageManagerException, InterruptedException {
        return QuarantinedBinaries.of(versions, installed(), database.nativeArchitecture(), apt);
    }

    @Override
    public void keepAway(List<KeptAway> kept) throws PackageManagerException, InterruptedException {
        Optional<AptQuarantine> quarantine = apt.quarantine();
        if (quarantine.isPresent()) {
            quarantine.get().keepAway(kept);
        }
    }

    @Override
    public String basis() throws PackageManagerException, InterruptedException {
        try {
            return new AptBasis(place).of(apt.read("apt-config", AptBasis.question()));
        } catch (IOException e) {
            throw new PackageManagerException("what apt decides by cannot be read: " + e, e);
        }
    }

    @Override
    public boolean hasArchives(Plan plan) throws PackageManagerException {
        return new AptArchives(place, apt, settings.lockWait()).exist(plan);
    }

    @Override
    public void download(Plan plan, Duration limit)
            throws PackageManagerException, InterruptedException {
        new AptArchives(place, apt, settings.lockWait()).download(plan, limit);
    }

    @Override
    public List<String> apply(Plan plan, Duration limit)
            throws PackageManagerException, InterruptedException {
        DpkgLock lock = DpkgLock.ofDatabase(place);
        lock.await(settings.lockWait());
        Set<String> names =
                plan.changes().stream().map(PackageChange::name).collect(Collectors.toSet());
        KeptConfiguration configuration = KeptConfiguration.before(place, names);
        Set<String> automatic = autoMarks.now();
        List<String> arguments = new ArrayList<>(List.of("-y", "-q", "--no-download"));
        if (plan.changes().stream().allMatch(change -> change.to() != null)) {
            arguments.add("--no-remove");
        }
        arguments.addAll(AptCommands.EXACT);
        arguments.addAll(DPKG);
        arguments.addAll(apt.lockTimeout());
        arguments.add("install");
        arguments.addAll(AptCommands.specifications(plan));
        Output output =
                place.run(AptCommands.unattended(apt.command("apt-get", arguments)).within(limit));
        if (!output.succeeded()) {
            String holder = lock.holder().map(h -> " (the lock is held by " + h + ")").orElse("");
            throw AptCommands.failure("installing the plan" + holder, output, limit);
        }
        autoMarks.restore(automatic, plan);
        requireInstalled(plan);
        return configuration.since();
    }

    /// Keeps the owner's configuration files, takes the package's where the owner changed nothing.
    private static final List<String> DPKG =
            List.of(
                    "-o", "Dpkg::Options::=--force-confdef",
                    "-o", "Dpkg::Options::=--force-confold",
                    "-o", "Dpkg::Use-Pty=0");

    @Override
    public void repair(Duration limit) throws PackageManagerException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        // apt may have died and its dpkg live on: it is still changing what we would repair.
        DpkgLock.ofDatabase(place).await(limit);
        List<List<String>> steps =
                List.of(
                        List.of("dpkg", "--force-confdef", "--force-confold", "--configure", "-a"),
                        fixBroken("--no-download"),
                        fixBroken("--download"),
                        List.of("dpkg", "--force-confdef", "--force-confold", "--configure", "-a"));
        StringBuilder said = new StringBuilder();
        List<String> wrong = inconsistencies();
        for (List<String> step : steps) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (wrong.isEmpty() || left.isZero()) {
                break;
            }
            // Exit codes mean little here: only the state afterwards counts.
            Output output = place.run(AptCommands.unattended(Command.of(step)).within(left));
            said.append(String.join(" ", step)).append(": ").append(output.tail()).append('\n');
            wrong = inconsistencies();
        }
        if (!wrong.isEmpty()) {
            throw new PackageManagerException(
                    "the package database could not be repaired: %s%n%s"
                            .formatted(String.join("; ", wrong), said));
        }
    }

    private List<String> fixBroken(String download) {
        List<String> arguments = new ArrayList<>(List.of("-y", "-q", "--no-remove"));
        if (download.equals("--no-download")) {
            arguments.add(download);
        }
        arguments.addAll(AptCommands.EXACT);
        arguments.addAll(DPKG);
        arguments.addAll(apt.lockTimeout());
        arguments.addAll(List.of("-f", "install"));
        return apt.command("apt-get", arguments).arguments();
    }

    /// Lets apt see dpkg's database and no repository. Whether what is installed fits together does
    /// not depend on what could be, and the check costs a hundredth and writes nothing, so that it
    /// works on a full disk, too.
    private static final List<String> INSTALLED_ONLY =
            List.of(
                    "-o", "Dir::Etc::sourcelist=/dev/null",
                    "-o", "Dir::Etc::sourceparts=/dev/null",
                    "-o", "Dir::Cache::pkgcache=",
                    "-o", "Dir::Cache::srcpkgcache=");

    /// What somebody else is in the middle of is no fault: it is waited for.
    @Override
    public List<String> inconsistencies() throws PackageManagerException, InterruptedException {
        List<String> found = inconsistenciesNow();
        if (found.isEmpty()) {
            return found;
        }
        DpkgLock.ofDatabase(place).await(settings.lockWait());
        return inconsistenciesNow();
    }

    private List<String> inconsistenciesNow() throws PackageManagerException, InterruptedException {
        List<String> found = new ArrayList<>(database.inconsistencies());
        List<String> check = new ArrayList<>(List.of("-q", "check"));
        check.addAll(option("Debug::NoLocking", "1"));
        check.addAll(INSTALLED_ONLY);
        Command command = apt.command("apt-get", check);
        Output output = place.run(command);
        if (output.killed() || output.timedOut()) {
            // That says nothing about the packages.
            throw AptCommands.failure("checking the packages", output, command.limit());
        }
        if (!output.succeeded()) {
            found.add("apt-get check says: " + output.tail());
        }
        return found;
    }

    private void requireInstalled(Plan plan) throws PackageManagerException, InterruptedException {
        Map<String, String> versions = new HashMap<>();
        installed().forEach(p -> versions.put(p.name() + ":" + p.architecture(), p.version()));
        List<String> differing = new ArrayList<>();
        for (PackageChange change : plan.changes()) {
            String now = versions.get(change.name() + ":" + change.architecture());
            if (!java.util.Objects.equals(now, change.to())) {
                differing.add("%s (is %s)".formatted(change, now == null ? "absent" : now));
            }
        }
        if (!differing.isEmpty()) {
            throw new PackageManagerException(
                    "apt reported success, but this is not as planned: " + differing);
        }
    }
}
