package dev.understudy.agent.packages;

import static dev.understudy.agent.packages.AptSettings.option;

import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The archives of a plan in apt's folder: whether they are there, and fetching them.
final class AptArchives {
    private final Place place;
    private final AptCommands apt;
    private final Duration lockWait;

    AptArchives(Place place, AptCommands apt, Duration lockWait) {
        this.place = place;
        this.apt = apt;
        this.lockWait = lockWait;
    }

    /// Whether there is a file for every archive of the plan.
    boolean exist(Plan plan) throws PackageManagerException {
        apt.prepare();
        return plan.changes().stream()
                .flatMap(change -> archive(change).stream())
                .allMatch(Files::isRegularFile);
    }

    private Optional<Path> archive(PackageChange change) {
        return Optional.ofNullable(change.to())
                .map(version -> apt.archives().resolve(PlanPaths.archiveName(change, version)));
    }

    /// Fetches and verifies what is missing of the plan.
    void download(Plan plan, Duration limit) throws PackageManagerException, InterruptedException {
        if (areThere(plan) || notDownloaded(plan).isEmpty()) {
            return;
        }
        DpkgLock.ofDownloads(apt.lists(), apt.archives()).await(lockWait);
        List<String> arguments = new ArrayList<>(List.of("-y", "-q", "--download-only"));
        // Downloading changes no package, so another user of the database is not in the way; the
        // archives folder has a lock of its own, which this option would skip as well.
        arguments.addAll(AptCommands.EXACT);
        arguments.addAll(option("Dpkg::Use-Pty", "0"));
        arguments.addAll(apt.lockTimeout());
        arguments.add("install");
        arguments.addAll(AptCommands.specifications(plan));
        Output output = place.run(apt.command("apt-get", arguments).within(limit));
        AptCommands.requireSuccess("downloading the plan's archives", output, limit);
        copyFromDisk(notDownloaded(plan));
        List<String> missing = notDownloaded(plan);
        if (!missing.isEmpty()) {
            throw new PackageManagerException(
                    "apt said the download was complete, but not here: " + missing);
        }
    }

    /// apt does not download from a repository on the host's own disk, and then refuses to install
    /// from it without a download. Lines are `'file:/repository/a_1_all.deb' a_1_all.deb 792 …`.
    private void copyFromDisk(List<String> uris) throws PackageManagerException {
        for (String line : uris) {
            Matcher file = ON_DISK.matcher(line);
            if (file.matches()) {
                Path from = place.path(URI.create("file:" + file.group("path")).getPath());
                try {
                    Files.copy(
                            from,
                            apt.archives().resolve(file.group("name")),
                            StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new PackageManagerException(from + " cannot be copied: " + e, e);
                }
            }
        }
    }

    private static final Pattern ON_DISK =
            Pattern.compile("'file:(?<path>/[^']+)' (?<name>[^ /]+\\.deb) .*");

    /// Whether every archive is there in its full size, which is what apt goes by, too; asking it
    /// takes twice as long.
    private boolean areThere(Plan plan) throws PackageManagerException, InterruptedException {
        if (!exist(plan)) {
            return false;
        }
        Map<String, Path> missing = new HashMap<>();
        for (PackageChange change : plan.changes()) {
            archive(change)
                    .ifPresent(
                            archive ->
                                    missing.put(
                                            "%s:%s=%s"
                                                    .formatted(
                                                            change.name(),
                                                            change.architecture(),
                                                            change.to()),
                                            archive));
        }
        for (Map<String, String> stanza : apt.show(List.copyOf(missing.keySet()))) {
            String specification =
                    "%s:%s=%s"
                            .formatted(
                                    stanza.get("Package"),
                                    stanza.get("Architecture"),
                                    stanza.get("Version"));
            Path archive = missing.get(specification);
            if (archive != null && stanza.getOrDefault("Size", "").equals(size(archive))) {
                missing.remove(specification);
            }
        }
        return missing.isEmpty();
    }

    private static String size(Path archive) throws PackageManagerException {
        try {
            return Long.toString(Files.size(archive));
        } catch (IOException e) {
            throw new PackageManagerException(archive + " cannot be examined: " + e, e);
        }
    }

    /// The archives of the plan that apt would still have to fetch.
    private List<String> notDownloaded(Plan plan)
            throws PackageManagerException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("-qq", "--print-uris"));
        arguments.addAll(option("Debug::NoLocking", "1"));
        arguments.addAll(AptCommands.EXACT);
        arguments.add("install");
        arguments.addAll(AptCommands.specifications(plan));
        return apt.read("apt-get", arguments).lines().filter(line -> line.startsWith("'")).toList();
    }
}
