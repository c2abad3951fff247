package dev.understudy.fleetsim;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.PendingUpgrade.Blocked;
import dev.understudy.protocol.version.VersionOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What the package managers of a fleet's hosts would install: what brings a shape to the one that
/// follows it, with the CVEs that a changelog between the two versions would name, which are those
/// of the real notices.
public final class Upgrades {
    private static final int PHASED_PERCENT = 10;

    private final Fleet fleet;
    private final Map<String, List<Fixes.Fix>> fixes = new HashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final Map<Integer, List<PendingUpgrade>> known = new HashMap<>();

    private Upgrades(Fleet fleet) {
        this.fleet = fleet;
    }

    /// @param data the folder of the shared real data
    public static Upgrades read(Path data, SourceNames sources, Fleet fleet) throws IOException {
        Upgrades upgrades = new Upgrades(fleet);
        Fixes.read(data, sources, upgrades::add);
        Csv.read(
                data.resolve("inventories/debian12_package_catalogue.csv.gz"),
                row ->
                        upgrades.sizes.put(
                                row.get("package"), Long.parseLong(row.get("size_bytes"))));
        return upgrades;
    }

    /// Of these fixes alone; sizes are made up.
    static Upgrades of(Fleet fleet, List<Fixes.Fix> fixes) {
        Upgrades upgrades = new Upgrades(fleet);
        fixes.forEach(upgrades::add);
        return upgrades;
    }

    private void add(Fixes.Fix fix) {
        fixes.computeIfAbsent(fix.release() + "/" + fix.source(), _ -> new ArrayList<>()).add(fix);
    }

    /// @param shape its number; a shape that is patched has none
    public List<PendingUpgrade> of(int shape) {
        return known.computeIfAbsent(shape, this::find);
    }

    private List<PendingUpgrade> find(int shape) {
        Fleet.Shape now = fleet.shapes().get(shape);
        Map<String, InstalledPackage> installed = new HashMap<>();
        now.packages().forEach(each -> installed.put(key(each), each));
        List<PendingUpgrade> pending = new ArrayList<>();
        for (InstalledPackage next : fleet.shapes().get(now.patched()).packages()) {
            InstalledPackage from = installed.get(key(next));
            if (from != null && VersionOrder.DPKG.compare(from.version(), next.version()) < 0) {
                pending.add(upgrade(now.platform().codename(), from, next));
            }
        }
        return List.copyOf(pending);
    }

    private static String key(InstalledPackage each) {
        return each.name() + ":" + each.architecture();
    }

    private PendingUpgrade upgrade(String release, InstalledPackage from, InstalledPackage to) {
        List<String> cves = cves(release, from, to);
        boolean security = !cves.isEmpty();
        long chance = Long.parseLong(Digests.sha256(to.name() + to.version()).substring(0, 12), 16);
        return new PendingUpgrade(
                to.name(),
                to.architecture(),
                from.version(),
                to.version(),
                to.sourceName(),
                to.sourceVersion(),
                "Ubuntu",
                "Ubuntu",
                release + (security ? "-security" : "-updates"),
                security,
                !security && chance % 100 < PHASED_PERCENT ? Blocked.PHASED : Blocked.NONE,
                cves,
                true,
                sizes.getOrDefault(to.name(), 20_000 + chance % 2_000_000));
    }

    /// Those of the fixes that come after the one version and not after the other.
    private List<String> cves(String release, InstalledPackage from, InstalledPackage to) {
        TreeSet<String> cves = new TreeSet<>();
        for (Fixes.Fix fix : fixes.getOrDefault(release + "/" + to.sourceName(), List.of())) {
            if (VersionOrder.DPKG.compare(from.sourceVersion(), fix.fixed()) < 0
                    && VersionOrder.DPKG.compare(fix.fixed(), to.sourceVersion()) <= 0) {
                cves.addAll(fix.cves());
            }
        }
        return List.copyOf(cves);
    }
}
