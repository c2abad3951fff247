package dev.understudy.agent.apply;

import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Judges the package database by what it holds, never by an exit code.
final class EndState {
    private EndState() {}

    /// What keeps the plan from being wholly installed, in sentences; empty if it is and the
    /// database is consistent.
    static List<String> missing(PackageManager packages, Plan plan) throws InterruptedException {
        List<String> missing = new ArrayList<>();
        try {
            Map<String, String> versions = versions(packages);
            for (PackageChange change : plan.changes()) {
                differs(versions, change, change.to(), missing);
            }
            missing.addAll(packages.inconsistencies());
        } catch (PackageManagerException e) {
            missing.add("the package database cannot be read: " + e.getMessage());
        }
        return missing;
    }

    /// Packages that are not as the plan expects to find them.
    static List<String> differingFromStart(PackageManager packages, Plan plan)
            throws PackageManagerException, InterruptedException {
        List<String> differing = new ArrayList<>();
        Map<String, String> versions = versions(packages);
        for (PackageChange change : plan.changes()) {
            differs(versions, change, change.from(), differing);
        }
        return differing;
    }

    /// How what the package manager would do differs from the plan, in a sentence.
    static String difference(Plan plan, List<PackageChange> simulated) {
        List<PackageChange> more = new ArrayList<>(simulated);
        more.removeAll(plan.changes());
        List<PackageChange> less = new ArrayList<>(plan.changes());
        less.removeAll(simulated);
        return "the package manager would not do what was planned; beyond the plan: %s; left out: %s"
                .formatted(more, less);
    }

    private static void differs(
            Map<String, String> versions,
            PackageChange change,
            @Nullable String expected,
            List<String> differing) {
        String found = versions.get(change.name() + ":" + change.architecture());
        boolean same = expected == null ? found == null : expected.equals(found);
        if (!same) {
            differing.add(
                    "%s is %s instead of %s"
                            .formatted(
                                    change.name(),
                                    found == null ? "absent" : found,
                                    expected == null ? "absent" : expected));
        }
    }

    private static Map<String, String> versions(PackageManager packages)
            throws PackageManagerException, InterruptedException {
        Map<String, String> versions = new HashMap<>();
        for (InstalledPackage p : packages.installed()) {
            versions.put(p.name() + ":" + p.architecture(), p.version());
        }
        return versions;
    }
}
