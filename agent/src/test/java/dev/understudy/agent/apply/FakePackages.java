package dev.understudy.agent.apply;

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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The packages of a [FakeHost], of which the agent can be killed in the middle.
final class FakePackages implements PackageManager {
    static final Plan PLAN =
            new Plan(
                    List.of(
                            new PackageChange("libssl3", "amd64", "3.0.16", "3.0.17"),
                            new PackageChange("nginx", "amd64", "1.22.1", "1.22.2"),
                            new PackageChange("openssl", "amd64", "3.0.16", "3.0.17")));

    private final Consumer<String> effect;
    private final Runnable installed;
    final Map<String, String> versions = new TreeMap<>();
    private String halfInstalled = "";
    boolean postinstFails;
    List<PackageChange> simulated = PLAN.changes();
    int simulations;

    /// @param installed what follows from an installation
    FakePackages(Consumer<String> effect, Runnable installed) {
        this.effect = effect;
        this.installed = installed;
        PLAN.changes().forEach(change -> versions.put(change.name(), from(change)));
    }

    private static String from(PackageChange change) {
        return Objects.requireNonNull(change.from());
    }

    private static String to(PackageChange change) {
        return Objects.requireNonNull(change.to());
    }

    boolean areOld() {
        return halfInstalled.isEmpty()
                && PLAN.changes().stream().allMatch(c -> from(c).equals(versions.get(c.name())));
    }

    boolean areNew() {
        return halfInstalled.isEmpty()
                && PLAN.changes().stream().allMatch(c -> to(c).equals(versions.get(c.name())));
    }

    void putBack(Map<String, String> kept) {
        for (Map.Entry<String, String> one : kept.entrySet()) {
            versions.put(one.getKey(), one.getValue());
            effect.accept("put back " + one.getKey());
        }
        halfInstalled = "";
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public List<InstalledPackage> installed() {
        return versions.entrySet().stream()
                .map(
                        e ->
                                new InstalledPackage(
                                        e.getKey(),
                                        "amd64",
                                        e.getValue(),
                                        e.getKey(),
                                        e.getValue(),
                                        "ii"))
                .toList();
    }

    @Override
    public Upgrades upgrades() {
        return new Upgrades(List.of(), List.of());
    }

    @Override
    public List<KeptAway> standFor(List<QuarantinedVersion> versions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void keepAway(List<KeptAway> kept) {
        throw new UnsupportedOperationException();
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
    public void refresh(Duration limit) {
        effect.accept("refresh");
    }

    @Override
    public List<PackageChange> simulate(Plan plan) {
        simulations++;
        return simulated;
    }

    @Override
    public boolean hasArchives(Plan plan) {
        return true;
    }

    @Override
    public void download(Plan plan, Duration limit) {
        effect.accept("download");
    }

    @Override
    public List<String> apply(Plan plan, Duration limit) throws PackageManagerException {
        for (PackageChange change : plan.changes()) {
            effect.accept("unpack " + change.name());
            halfInstalled = change.name();
            versions.put(change.name(), to(change));
            effect.accept("configure " + change.name());
            if (postinstFails && change.name().equals("nginx")) {
                throw new PackageManagerException("the postinst of nginx failed");
            }
            halfInstalled = "";
        }
        installed.run();
        return List.of();
    }

    @Override
    public void repair(Duration limit) throws PackageManagerException {
        effect.accept("repair");
        if (postinstFails && halfInstalled.equals("nginx")) {
            throw new PackageManagerException("the postinst of nginx failed again");
        }
        halfInstalled = "";
    }

    @Override
    public List<String> inconsistencies() {
        return halfInstalled.isEmpty() ? List.of() : List.of(halfInstalled + " is not configured");
    }
}
