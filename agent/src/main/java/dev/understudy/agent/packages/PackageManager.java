package dev.understudy.agent.packages;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.QuarantinedVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the agent needs of a package manager, in one place (the host or its twin). Every method
/// reads machine-readable output only; whatever cannot be read is a [PackageManagerException].
public interface PackageManager {
    /// `apt`, `dnf`, `zypper`.
    String name();

    List<InstalledPackage> installed() throws PackageManagerException, InterruptedException;

    /// What could be upgraded, and what would be.
    Upgrades upgrades() throws PackageManagerException, InterruptedException;

    /// Every package with a newer candidate, with the reason where it would not be installed.
    default List<PendingUpgrade> pending() throws PackageManagerException, InterruptedException {
        return upgrades().pending();
    }

    /// When the package lists were last fetched; empty when there are none.
    Optional<Instant> metadataAsOf() throws PackageManagerException;

    /// Fetches the package lists of the host's own repositories.
    void refresh(Duration limit) throws PackageManagerException, InterruptedException;

    /// Exactly what would change, the plan's own changes included, if the plan were applied now.
    List<PackageChange> simulate(Plan plan) throws PackageManagerException, InterruptedException;

    /// The binary packages that these versions stand for on this host, as far as the package lists
    /// tell.
    List<KeptAway> standFor(List<QuarantinedVersion> versions)
            throws PackageManagerException, InterruptedException;

    /// Lets nobody who uses this package manager install these packages, and lets all others go
    /// that were kept away before. What is installed stays, and what the agent itself is told of
    /// the package manager does not depend on it.
    void keepAway(List<KeptAway> kept) throws PackageManagerException, InterruptedException;

    /// Stands for all that [#simulate(Plan)] decides by: as long as it is the same, the answer is.
    String basis() throws PackageManagerException, InterruptedException;

    /// Whether every archive of the plan seems to be in the package manager's own cache;
    /// [#download(Plan, Duration)] finds out whether they are whole.
    boolean hasArchives(Plan plan) throws PackageManagerException;

    /// Fetches and verifies every archive the plan needs into the package manager's own cache.
    void download(Plan plan, Duration limit) throws PackageManagerException, InterruptedException;

    /// Installs exactly the plan's versions from the archives already downloaded, without network;
    /// the owner's configuration files are kept. Waits a bounded time for the package manager's
    /// lock.
    ///
    /// @return where the owner's configuration was kept although the package brings another
    List<String> apply(Plan plan, Duration limit)
            throws PackageManagerException, InterruptedException;

    /// Brings the package database out of an interrupted state, going forward.
    void repair(Duration limit) throws PackageManagerException, InterruptedException;

    /// What is wrong with the package database now, in sentences; empty when it is consistent.
    /// Judge a recovery by this, never by an exit code.
    List<String> inconsistencies() throws PackageManagerException, InterruptedException;
}
