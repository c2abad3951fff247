package dev.understudy.agent.checkpoint;

import dev.understudy.agent.packages.KeptAway;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.packages.Upgrades;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.QuarantinedVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A package manager that knows one package, at the version it is told.
public final class FixedPackages implements PackageManager {
    public String version = "1.0-1";

    /// What a simulation answers instead of the plan's own changes.
    public @Nullable List<PackageChange> simulated;

    /// What its answers depend on, one for each look; the last one stays.
    public final Deque<String> bases = new ArrayDeque<>(List.of(""));

    /// What it keeps away; null as long as it was not told.
    public @Nullable List<KeptAway> kept;

    /// Whether it cannot tell what quarantined versions stand for. Else they stand for the package
    /// that is called after them with `lib` before.
    public boolean fails;

    /// The versions of another package, one for each look; the last one stays.
    final Deque<String> other = new ArrayDeque<>();

    @Override
    public String name() {
        return "fixed";
    }

    @Override
    public List<InstalledPackage> installed() {
        List<InstalledPackage> installed = new ArrayList<>(List.of(at("shop", version)));
        if (!other.isEmpty()) {
            installed.add(at("other", other.size() > 1 ? other.removeFirst() : other.getFirst()));
        }
        return installed;
    }

    private static InstalledPackage at(String name, String version) {
        return new InstalledPackage(name, "amd64", version, name, version, "ii");
    }

    @Override
    public Upgrades upgrades() {
        return new Upgrades(List.of(), List.of());
    }

    @Override
    public List<KeptAway> standFor(List<QuarantinedVersion> versions)
            throws PackageManagerException {
        if (fails) {
            throw new PackageManagerException("the lists are gone");
        }
        return versions.stream()
                .map(
                        each ->
                                new KeptAway(
                                        "lib" + each.source(),
                                        each.version(),
                                        each.version().equals(version),
                                        each))
                .toList();
    }

    @Override
    public void keepAway(List<KeptAway> kept) {
        this.kept = kept;
    }

    @Override
    public String basis() {
        return bases.size() > 1 ? bases.removeFirst() : bases.getFirst();
    }

    @Override
    public Optional<Instant> metadataAsOf() {
        return Optional.empty();
    }

    @Override
    public void refresh(Duration limit) {}

    @Override
    public List<PackageChange> simulate(Plan plan) {
        return simulated == null ? plan.changes() : simulated;
    }

    @Override
    public boolean hasArchives(Plan plan) {
        return true;
    }

    @Override
    public void download(Plan plan, Duration limit) {}

    @Override
    public List<String> apply(Plan plan, Duration limit) {
        return List.of();
    }

    @Override
    public void repair(Duration limit) {}

    @Override
    public List<String> inconsistencies() {
        return List.of();
    }
}
