package dev.understudy.agent.checkpoint;

import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.Upgrades;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A package manager that knows one package, at the version it is told.
public final class FixedPackages implements PackageManager {
    public String version = "1.0-1";

    @Override
    public String name() {
        return "fixed";
    }

    @Override
    public List<InstalledPackage> installed() {
        return List.of(new InstalledPackage("shop", "amd64", version, "shop", version, "ii"));
    }

    @Override
    public Upgrades upgrades() {
        return new Upgrades(List.of(), List.of());
    }

    @Override
    public String basis() {
        return "";
    }

    @Override
    public Optional<Instant> metadataAsOf() {
        return Optional.empty();
    }

    @Override
    public void refresh(Duration limit) {}

    @Override
    public List<PackageChange> simulate(Plan plan) {
        return plan.changes();
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
