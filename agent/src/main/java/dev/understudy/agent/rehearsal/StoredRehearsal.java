package dev.understudy.agent.rehearsal;

import dev.understudy.agent.checkpoint.ChangeSet;
import dev.understudy.agent.checkpoint.Checkpoint;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.RehearsalResult.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a rehearsal leaves on the host for a later apply: the plan, the verdict, exactly which
/// paths it changes, and what the host was like.
///
/// @param packages all packages of the host when it was rehearsed
/// @param configuration SHA-256 of what was then at each configuration path that the plan changes;
///   empty where nothing was
/// @param basis what the package manager decided by when it was asked for just this plan and would
///   have changed nothing else; empty where it was not asked, or where that changed meanwhile
/// @param checkpoint the checkpoint that the undo was proven with; its content can be reused
public record StoredRehearsal(
        OrderId order,
        Instant at,
        Plan plan,
        Verdict verdict,
        ChangeSet changes,
        List<InstalledPackage> packages,
        Map<String, String> configuration,
        String basis,
        Optional<Checkpoint> checkpoint) {
    public StoredRehearsal {
        packages = packages.stream().sorted().toList();
        configuration = Map.copyOf(configuration);
    }

    /// Why this rehearsal says nothing about `wanted` on the host as it is now; empty if it does.
    public List<String> changedSince(Plan wanted, Place host, PackageManager manager)
            throws PackageManagerException, IOException, InterruptedException {
        List<String> reasons = new ArrayList<>();
        if (!wanted.digest().equals(plan.digest())) {
            reasons.add(
                    "The plan is not the one that was rehearsed (%s instead of %s)"
                            .formatted(wanted.digest(), plan.digest()));
        }
        List<InstalledPackage> now = manager.installed().stream().sorted().toList();
        if (!now.equals(packages)) {
            reasons.add("Packages changed since the rehearsal: " + difference(now));
        }
        Map<String, String> files = configurationOf(host, changes);
        files.forEach(
                (path, digest) -> {
                    if (!digest.equals(configuration.get(path))) {
                        reasons.add(path + " was changed since the rehearsal");
                    }
                });
        return reasons;
    }

    /// Whether the package manager, asked for this plan now, would say what it said then.
    public boolean isStillExact(PackageManager manager)
            throws PackageManagerException, InterruptedException {
        return !basis.isEmpty() && basis.equals(manager.basis());
    }

    /// What is at the configuration paths of the change set now.
    static Map<String, String> configurationOf(Place host, ChangeSet changes) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (String path : changes.configurationPaths()) {
            digests.put(path, digest(host.path(path)));
        }
        return digests;
    }

    private static String digest(Path file) throws IOException {
        try {
            if (Files.isSymbolicLink(file)) {
                return Digests.sha256(Files.readSymbolicLink(file).toString());
            }
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    ? Digests.sha256(Files.readAllBytes(file))
                    : "";
        } catch (NoSuchFileException gone) {
            return "";
        }
    }

    private String difference(List<InstalledPackage> now) {
        List<String> names =
                now.stream()
                        .filter(p -> !packages.contains(p))
                        .map(p -> p.name() + " is now " + p.version())
                        .limit(5)
                        .toList();
        return names.isEmpty()
                ? "%d are installed instead of %d".formatted(now.size(), packages.size())
                : String.join(", ", names);
    }
}
