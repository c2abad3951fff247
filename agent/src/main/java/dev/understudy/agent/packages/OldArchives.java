package dev.understudy.agent.packages;

import static dev.understudy.agent.packages.AptSettings.option;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Archives of the versions that a plan is about to replace, from which they can be installed
/// again: the original where apt still has it or can still fetch it, else packed again from the
/// installed files.
public final class OldArchives {
    private static final Duration FETCH_LIMIT = Duration.ofMinutes(5);

    private final Place place;
    private final AptCommands apt;

    public OldArchives(Place place, Apt apt) {
        this.place = place;
        this.apt = apt.commands();
    }

    /// All paths that the plan can be foreseen to change; its archives must have been downloaded.
    public Set<String> paths(Plan plan) throws IOException, InterruptedException {
        return PlanPaths.of(plan, place, apt.archives());
    }

    /// Puts an archive of each package that the plan replaces or removes into the folder, which
    /// must be inside the place.
    ///
    /// @return what is not as in the originals, in sentences
    public List<String> keep(Plan plan, Path folder)
            throws PackageManagerException, IOException, InterruptedException {
        List<PackageChange> replaced =
                plan.changes().stream().filter(change -> change.from() != null).toList();
        Map<String, String> digests = digests(replaced);
        fetch(replaced.stream().filter(change -> digests.containsKey(key(change))).toList());
        Files.createDirectories(folder);
        Repack repack = new Repack(place);
        List<String> packed = new ArrayList<>();
        for (PackageChange change : replaced) {
            String name = PlanPaths.archiveName(change, from(change));
            Path original = apt.archives().resolve(name);
            String digest = digests.get(key(change));
            if (digest != null && Files.exists(original) && digest.equals(sha256(original))) {
                Files.copy(original, folder.resolve(name));
            } else {
                repack.build(change, folder.resolve(name));
                packed.add(change.name());
            }
        }
        List<String> notes = new ArrayList<>(repack.notes());
        if (!packed.isEmpty()) {
            notes.add(
                    "packed again from the installed files, since no repository has the archive"
                            + " any more: "
                            + String.join(", ", packed));
        }
        notes.addAll(changedByOwner(replaced));
        return notes;
    }

    private List<String> changedByOwner(List<PackageChange> changes)
            throws IOException, InterruptedException {
        List<String> kept = new ArrayList<>();
        Diversions diversions = Diversions.of(place);
        for (PackageChange change : changes) {
            DpkgInfo info = new DpkgInfo(place, change.name(), change.architecture());
            for (DpkgInfo.Conffile conffile : info.conffiles()) {
                Path file = place.path(diversions.actual(conffile.path(), change.name()));
                boolean changed = Files.isRegularFile(file) && !conffile.digest().equals(md5(file));
                if (changed && !conffile.obsolete()) {
                    kept.add(conffile.path());
                }
            }
        }
        return kept.isEmpty()
                ? List.of()
                : List.of(
                        "configuration that the owner changed is kept as it is: "
                                + String.join(", ", kept));
    }

    /// The SHA-256 of the archives that a repository still offers.
    private Map<String, String> digests(List<PackageChange> changes)
            throws PackageManagerException, InterruptedException {
        Map<String, String> digests = new HashMap<>();
        if (changes.isEmpty()) {
            return digests;
        }
        List<String> arguments = new ArrayList<>(List.of("show"));
        changes.forEach(change -> arguments.add(key(change)));
        for (Map<String, String> record : Deb822.parse(apt.read("apt-cache", arguments))) {
            String digest = record.get("SHA256");
            if (digest != null) {
                digests.put(
                        "%s:%s=%s"
                                .formatted(
                                        record.get("Package"),
                                        record.get("Architecture"),
                                        record.get("Version")),
                        digest);
            }
        }
        return digests;
    }

    /// Fetches what is not there already. What cannot be fetched is packed again.
    private void fetch(List<PackageChange> changes) throws InterruptedException {
        if (changes.isEmpty()) {
            return;
        }
        List<String> arguments =
                new ArrayList<>(List.of("-y", "-q", "--download-only", "--reinstall"));
        arguments.addAll(AptCommands.EXACT);
        arguments.addAll(option("Dpkg::Use-Pty", "0"));
        arguments.addAll(apt.lockTimeout());
        arguments.add("install");
        changes.forEach(change -> arguments.add(key(change)));
        Output output = place.run(apt.command("apt-get", arguments).within(FETCH_LIMIT));
        if (!output.succeeded()) {
            Log.info("archives of the installed versions could not be fetched: %s", output.tail());
        }
    }

    /// Installs what is in the folder over whatever is installed, and removes what the plan brought
    /// along. dpkg is told to mind neither order nor owner of files: the packages fitted together
    /// before, and only the state at the end counts.
    ///
    /// @return what went wrong, in sentences
    public static List<String> putBack(Plan plan, Path folder, Place place, Duration limit)
            throws IOException, InterruptedException {
        try {
            DpkgLock.ofDatabase(place).await(limit);
        } catch (PackageManagerException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
        List<String> archives = new ArrayList<>();
        List<String> added = new ArrayList<>();
        for (PackageChange change : plan.changes()) {
            if (change.from() == null) {
                added.add(change.name() + ":" + change.architecture());
            } else {
                Path archive = folder.resolve(PlanPaths.archiveName(change, from(change)));
                archives.add(Repack.inside(place, archive));
            }
        }
        List<String> problems = new ArrayList<>();
        if (!archives.isEmpty()) {
            run(place, limit, problems, "--install", archives);
        }
        added.retainAll(known(place, added));
        if (!added.isEmpty()) {
            run(place, limit, problems, "--purge", added);
        }
        return problems;
    }

    private static void run(
            Place place, Duration limit, List<String> problems, String action, List<String> what)
            throws InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "dpkg",
                                "--force-downgrade,confdef,confold",
                                "--force-overwrite,conflicts,breaks,depends",
                                action));
        command.addAll(what);
        Output output = place.run(AptCommands.unattended(Command.of(command)).within(limit));
        if (!output.succeeded()) {
            problems.add(
                    "dpkg %s ended with %d%s: %s"
                            .formatted(
                                    action,
                                    output.exitCode(),
                                    output.timedOut() ? " at its limit" : "",
                                    output.tail()));
        }
    }

    /// Those of the packages that dpkg still knows anything of.
    private static List<String> known(Place place, List<String> packages)
            throws InterruptedException {
        List<String> known = new ArrayList<>();
        for (String name : packages) {
            Output output =
                    place.run(Command.of("dpkg-query", "-W", "-f", "${db:Status-Status}", name));
            if (output.succeeded() && !output.stdout().strip().equals("not-installed")) {
                known.add(name);
            }
        }
        return known;
    }

    private static String from(PackageChange change) {
        return Objects.requireNonNull(change.from());
    }

    private static String key(PackageChange change) {
        return change.name() + ":" + change.architecture() + "=" + from(change);
    }

    private static String sha256(Path file) throws IOException {
        return digest(file, "SHA-256");
    }

    private static String md5(Path file) throws IOException {
        return digest(file, "MD5");
    }

    private static String digest(Path file, String algorithm) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digested =
                        new DigestInputStream(in, MessageDigest.getInstance(algorithm))) {
            digested.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
