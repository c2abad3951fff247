package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.exec.Processes;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The paths that a plan can be foreseen to change where it was not tried: all that its packages
/// ship in the installed and in the new version, and what dpkg and apt note. What maintainer
/// scripts change beyond that cannot be foreseen.
final class PlanPaths {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// What dpkg may leave beside a configuration file.
    private static final List<String> BESIDE = List.of("", ".dpkg-dist", ".dpkg-old", ".dpkg-new");

    private static final List<String> DATABASE =
            List.of(
                    "/var/lib/dpkg/status",
                    "/var/lib/dpkg/status-old",
                    "/var/lib/dpkg/diversions",
                    "/var/lib/dpkg/diversions-old",
                    "/var/lib/dpkg/statoverride",
                    "/var/lib/dpkg/statoverride-old",
                    "/var/lib/apt/extended_states");

    private final Place place;
    private final Path archives;
    private final Diversions diversions;
    private final Set<String> paths = new TreeSet<>();

    private PlanPaths(Place place, Path archives) throws IOException {
        this.place = place;
        this.archives = archives;
        this.diversions = Diversions.of(place);
    }

    /// Needs the plan's archives in apt's folder `archives`.
    static Set<String> of(Plan plan, Place place, Path archives)
            throws IOException, InterruptedException {
        PlanPaths paths = new PlanPaths(place, archives);
        for (PackageChange change : plan.changes()) {
            if (change.from() != null) {
                paths.addInstalled(change);
            }
            if (change.to() != null) {
                paths.addArchive(change, change.to());
            }
        }
        paths.addDatabase();
        return paths.paths;
    }

    private void addInstalled(PackageChange change) throws IOException, InterruptedException {
        DpkgInfo info = new DpkgInfo(place, change.name(), change.architecture());
        info.paths().forEach(path -> add(path, change.name()));
        for (DpkgInfo.Conffile conffile : info.conffiles()) {
            addConffile(conffile.path(), change.name());
        }
        for (Path file : info.files().values()) {
            paths.add(DpkgInfo.FOLDER + "/" + file.getFileName());
        }
    }

    private void addArchive(PackageChange change, String version) throws IOException {
        Path archive = archives.resolve(archiveName(change, version));
        if (!Files.exists(archive)) {
            throw new IOException("%s was not downloaded".formatted(archive));
        }
        names(archive, "--fsys-tarfile").forEach(path -> add(path, change.name()));
        List<String> members = new ArrayList<>(names(archive, "--ctrl-tarfile"));
        members.add("/list");
        for (String member : members) {
            for (String name :
                    List.of(change.name(), change.name() + ":" + change.architecture())) {
                paths.add(DpkgInfo.FOLDER + "/" + name + "." + member.substring(1));
            }
        }
    }

    private void add(String path, String name) {
        if (path.startsWith("/etc/")) {
            addConffile(path, name);
            return;
        }
        paths.add(path);
        paths.add(diversions.actual(path, name));
    }

    private void addConffile(String path, String name) {
        for (String suffix : BESIDE) {
            paths.add(path + suffix);
            paths.add(diversions.actual(path, name) + suffix);
        }
    }

    private void addDatabase() throws IOException {
        paths.addAll(DATABASE);
        for (String folder : List.of("/var/lib/dpkg/triggers", "/var/lib/dpkg/alternatives")) {
            if (Files.isDirectory(place.path(folder))) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(place.path(folder))) {
                    files.forEach(file -> paths.add(folder + "/" + file.getFileName()));
                }
            }
        }
    }

    /// The absolute names in one of the tar streams of the archive.
    private static List<String> names(Path archive, String stream) throws IOException {
        List<String> command = List.of("dpkg-deb", stream, archive.toString());
        return Processes.stream(command, Command.of(command).within(LIMIT), PlanPaths::names);
    }

    private static List<String> names(InputStream stream) throws IOException {
        List<String> names = new ArrayList<>();
        Tar tar = new Tar(stream);
        for (Optional<Tar.Entry> e = tar.next(); e.isPresent(); e = tar.next()) {
            String name = e.get().name().replaceFirst("^\\.", "").replaceFirst("/$", "");
            if (name.startsWith("/") && name.length() > 1) {
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            throw new IOException("the archive is empty or cannot be read");
        }
        return names;
    }

    /// As apt names the archive in its folder.
    static String archiveName(PackageChange change, String version) {
        return "%s_%s_%s.deb"
                .formatted(change.name(), version.replace(":", "%3a"), change.architecture());
    }
}
