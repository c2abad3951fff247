package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.exec.Processes;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.version.VersionOrder;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// The CVEs that pending upgrades fix, as the changelogs in the candidates themselves name them:
/// known offline from the archive alone. Fetches one archive per source package, the smallest, and
/// remembers what it read by source and version.
public final class Changelogs {
    private static final int LARGEST_CHANGELOG = 8 << 20;
    private static final long LARGEST_UNPACKED = 64L << 20;
    private static final long LARGEST_ARCHIVE = 64L << 20;
    private static final int AT_ONCE = 12;

    private final Place place;
    private final AptSettings settings;
    private final Path folder;

    /// @param folder where changelogs are remembered; the agent's own, on the host
    public Changelogs(Place place, AptSettings settings, Path folder) {
        this.place = place;
        this.settings = settings;
        this.folder = folder.toAbsolutePath();
    }

    /// Adds the CVEs to every upgrade whose changelog could be read within `limit`; the others come
    /// back as they are, with `changelogRead` false. Security updates are read first.
    public List<PendingUpgrade> read(List<PendingUpgrade> pending, Duration limit)
            throws PackageManagerException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            settings.prepare(place.path("/var/lib/apt/lists"));
            Files.createDirectories(folder);
            Map<String, List<PendingUpgrade>> bySource = bySource(pending);
            Map<String, Changelog> changelogs = new HashMap<>();
            List<String> unknown = new ArrayList<>();
            for (String source : bySource.keySet()) {
                remembered(source)
                        .ifPresentOrElse(
                                known -> changelogs.put(source, known), () -> unknown.add(source));
            }
            for (int from = 0; from < unknown.size(); from += AT_ONCE) {
                Duration left = Duration.ofNanos(deadline - System.nanoTime());
                if (left.isNegative() || left.isZero()) {
                    break;
                }
                List<String> some = unknown.subList(from, Math.min(from + AT_ONCE, unknown.size()));
                changelogs.putAll(fetch(some, bySource, deadline));
            }
            Map<String, String> installed = installedSources();
            return pending.stream()
                    .map(p -> with(p, changelogs.get(key(p)), installed.get(p.name())))
                    .toList();
        } catch (IOException e) {
            throw new PackageManagerException(
                    "changelogs cannot be kept in %s: %s".formatted(folder, e), e);
        }
    }

    /// The upgrades of each source and version, the smallest archive first; sources with a security
    /// update come first.
    private static Map<String, List<PendingUpgrade>> bySource(List<PendingUpgrade> pending) {
        Map<String, List<PendingUpgrade>> bySource = new LinkedHashMap<>();
        pending.stream()
                .sorted(
                        Comparator.comparing((PendingUpgrade p) -> !p.security())
                                .thenComparingLong(PendingUpgrade::downloadBytes))
                .forEach(p -> bySource.computeIfAbsent(key(p), _ -> new ArrayList<>()).add(p));
        bySource.values()
                .forEach(l -> l.sort(Comparator.comparingLong(PendingUpgrade::downloadBytes)));
        return bySource;
    }

    private Map<String, Changelog> fetch(
            List<String> sources, Map<String, List<PendingUpgrade>> bySource, long deadline)
            throws IOException, InterruptedException {
        Path fetched = Files.createTempDirectory(folder, "fetch");
        Map<String, Changelog> found = new HashMap<>();
        try {
            List<PendingUpgrade> first =
                    sources.stream()
                            .map(s -> bySource.getOrDefault(s, List.of()).getFirst())
                            .toList();
            download(first, fetched, deadline);
            for (String source : sources) {
                Optional<Changelog> changelog =
                        ofOneOf(bySource.getOrDefault(source, List.of()), fetched, deadline);
                if (changelog.isPresent()) {
                    found.put(source, changelog.get());
                    remember(source, changelog.get());
                }
            }
            return found;
        } finally {
            try (var files = Files.newDirectoryStream(fetched)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(fetched);
        }
    }

    /// Tries the binaries of a source, smallest first: some keep their changelog in another one.
    private Optional<Changelog> ofOneOf(List<PendingUpgrade> binaries, Path fetched, long deadline)
            throws IOException, InterruptedException {
        List<PendingUpgrade> left = new ArrayList<>(binaries);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            PendingUpgrade binary = left.removeFirst();
            Optional<Path> archive = archive(binary, fetched);
            if (archive.isEmpty()) {
                download(List.of(binary), fetched, deadline);
                archive = archive(binary, fetched);
            }
            if (archive.isEmpty()) {
                continue;
            }
            Found found = inArchive(archive.get(), binary.name(), deadline);
            if (found.changelog().isPresent()) {
                return found.changelog();
            }
            left.sort(Comparator.comparing(p -> !p.name().equals(found.keptBy())));
        }
        return Optional.empty();
    }

    private void download(List<PendingUpgrade> binaries, Path into, long deadline)
            throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("env", "--chdir=" + into, "apt-get"));
        command.addAll(settings.options());
        // The folder is ours alone, so apt's unprivileged user could not write into it.
        command.addAll(AptSettings.option("APT::Sandbox::User", "root"));
        command.addAll(List.of("-qq", "download"));
        int fixed = command.size();
        binaries.stream()
                .filter(p -> p.downloadBytes() <= LARGEST_ARCHIVE)
                .map(p -> "%s:%s=%s".formatted(p.name(), p.architecture(), p.candidateVersion()))
                .forEach(command::add);
        Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        if (command.size() > fixed) {
            // Whatever arrived is used and whatever did not is reported as not read, so its exit
            // code does not matter.
            Output _ = place.run(Command.of(command).within(left));
        }
    }

    /// apt names archives NAME_VERSION_ARCHITECTURE.deb, with the epoch's colon escaped.
    private static Optional<Path> archive(PendingUpgrade binary, Path folder) {
        Path file =
                folder.resolve(
                        "%s_%s_%s.deb"
                                .formatted(
                                        binary.name(),
                                        binary.candidateVersion().replace(":", "%3a"),
                                        binary.architecture()));
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /// What an archive holds of its changelog: the text, or the package whose folder it links to.
    private record Found(Optional<Changelog> changelog, String keptBy) {}

    private static Found inArchive(Path archive, String name, long deadline) {
        Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        List<String> argv = List.of("dpkg-deb", "--fsys-tarfile", archive.toString());
        try {
            return Processes.stream(
                    argv, Command.of(argv).within(left), in -> inTar(new Tar(in), name));
        } catch (IOException _) {
            // Cut off or not a package: its changelog counts as not read.
            return new Found(Optional.empty(), "");
        }
    }

    private static Found inTar(Tar tar, String name) throws IOException {
        String documents = "./usr/share/doc/" + name;
        for (Optional<Tar.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
            Tar.Entry entry = next.get();
            if (entry.name().equals(documents) && !entry.link().isEmpty()) {
                return new Found(Optional.empty(), lastPart(entry.link()));
            }
            boolean wanted =
                    entry.name().equals(documents + "/changelog.Debian.gz")
                            || entry.name().equals(documents + "/changelog.gz");
            if (wanted && entry.file()) {
                Changelog changelog = unpack(tar.content(LARGEST_CHANGELOG));
                if (!changelog.entries().isEmpty()) {
                    return new Found(Optional.of(changelog), "");
                }
            }
        }
        return new Found(Optional.empty(), "");
    }

    static Changelog unpack(InputStream packed) throws IOException {
        try (GZIPInputStream unpacked = new GZIPInputStream(packed)) {
            return Changelog.parse(
                    new InputStreamReader(unpacked, StandardCharsets.UTF_8), LARGEST_UNPACKED);
        }
    }

    private Optional<Changelog> remembered(String source) throws IOException {
        Path file = file(source);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Changelog.fromText(Files.readString(file)));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            // Damaged; it can be had again.
            Files.delete(file);
            return Optional.empty();
        }
    }

    private void remember(String source, Changelog changelog) throws IOException {
        Path fresh = Files.createTempFile(folder, "changelog", ".new");
        Files.writeString(fresh, changelog.toText());
        // Cut off by a loss of power it would be taken for one that does not reach back far enough.
        PackageLists.force(fresh);
        Files.move(fresh, file(source), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(String source) {
        return folder.resolve(Digests.sha256(source) + ".txt");
    }

    private static String key(PendingUpgrade p) {
        return p.sourceName() + " " + p.sourceVersion();
    }

    /// The source version of each installed package: changelogs speak of sources, and a binary may
    /// have a version of its own.
    private Map<String, String> installedSources()
            throws PackageManagerException, InterruptedException {
        Map<String, String> versions = new HashMap<>();
        for (InstalledPackage p : new DpkgDatabase(place).packages()) {
            versions.merge(
                    p.name(),
                    p.sourceVersion(),
                    (a, b) -> VersionOrder.DPKG.compare(a, b) <= 0 ? a : b);
        }
        return versions;
    }

    private static PendingUpgrade with(
            PendingUpgrade p, @Nullable Changelog changelog, @Nullable String installedSource) {
        if (changelog == null
                || installedSource == null
                || !changelog.covers(installedSource, p.sourceVersion())) {
            return p;
        }
        return new PendingUpgrade(
                p.name(),
                p.architecture(),
                p.installedVersion(),
                p.candidateVersion(),
                p.sourceName(),
                p.sourceVersion(),
                p.origin(),
                p.label(),
                p.suite(),
                p.security(),
                p.blocked(),
                changelog.cvesSince(installedSource),
                true,
                p.downloadBytes());
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
