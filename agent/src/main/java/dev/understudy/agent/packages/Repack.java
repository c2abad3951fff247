package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.PackageChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Makes the archive of an installed package again from its files on the host and what dpkg keeps
/// of it. What cannot be as in the original is said: files that are gone, and configuration that
/// the owner changed, which goes in as the owner has it.
final class Repack {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /// What dpkg makes itself when it installs.
    private static final Set<String> MADE_BY_DPKG = Set.of("list", "conffiles", "control");

    private static final Set<String> SCRIPTS =
            Set.of("preinst", "postinst", "prerm", "postrm", "config");

    private final Place place;
    private final Diversions diversions;
    private final List<String> notes = new ArrayList<>();

    Repack(Place place) throws IOException {
        this.place = place;
        this.diversions = Diversions.of(place);
    }

    /// What is not as in the original archives made so far, in sentences.
    List<String> notes() {
        return List.copyOf(notes);
    }

    /// Builds the archive in `folder`, which must be inside the place.
    void build(PackageChange change, Path archive) throws IOException, InterruptedException {
        Path staging = archive.resolveSibling("staging");
        Path list = archive.resolveSibling("staging.list");
        Path copy = archive.resolveSibling("staging.tar");
        run("rm", "-rf", inside(staging));
        Files.createDirectories(staging);
        Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwxr-xr-x"));
        DpkgInfo info = new DpkgInfo(place, change.name(), change.architecture());
        List<DpkgInfo.Conffile> conffiles = info.conffiles();
        Map<String, String> members = members(change, info, conffiles);
        Files.write(list, bytes(members.values()));
        run("tar", "-C", "/", "--no-recursion", "--null", "-T", inside(list), "-cf", inside(copy));
        run("tar", "-C", inside(staging), "--same-owner", "-xpf", inside(copy));
        for (Map.Entry<String, String> member : members.entrySet()) {
            if (!member.getKey().equals(member.getValue())) {
                Path own = staging.resolve(member.getKey().substring(1));
                Files.createDirectories(own.getParent());
                Files.move(
                        staging.resolve(member.getValue().substring(1)),
                        own,
                        StandardCopyOption.ATOMIC_MOVE);
            }
        }
        control(info, conffiles, members, staging.resolve("DEBIAN"));
        run("dpkg-deb", "-Zgzip", "-z1", "--build", inside(staging), inside(archive));
        run("rm", "-rf", inside(staging), inside(list), inside(copy));
    }

    /// Where on the host each path of the package is to be read from.
    private Map<String, String> members(
            PackageChange change, DpkgInfo info, List<DpkgInfo.Conffile> conffiles)
            throws IOException, InterruptedException {
        Set<String> obsolete = new HashSet<>();
        conffiles.stream().filter(DpkgInfo.Conffile::obsolete).forEach(c -> obsolete.add(c.path()));
        List<String> paths = info.paths();
        Set<String> folders = new HashSet<>();
        paths.forEach(path -> folders.add(path.substring(0, path.lastIndexOf('/'))));
        Map<String, String> members = new TreeMap<>();
        List<String> gone = new ArrayList<>();
        for (String path : paths) {
            String actual = diversions.actual(path, change.name());
            Path file = place.path(actual);
            // A folder that is a link on this host, such as /lib, stays what it is.
            boolean linked = folders.contains(path) && Files.isSymbolicLink(file);
            if (obsolete.contains(path) || linked) {
                continue;
            }
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                members.put(path, actual);
            } else {
                gone.add(path);
            }
        }
        if (!gone.isEmpty()) {
            notes.add(
                    "%d files of %s were not on the host and are not in its archive, first %s"
                            .formatted(gone.size(), change.name(), gone.getFirst()));
        }
        return members;
    }

    private void control(
            DpkgInfo info,
            List<DpkgInfo.Conffile> conffiles,
            Map<String, String> members,
            Path folder)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("control"), info.control());
        StringBuilder marked = new StringBuilder();
        for (DpkgInfo.Conffile conffile : conffiles) {
            String actual = members.get(conffile.path());
            if (actual != null) {
                marked.append(conffile.path()).append('\n');
            }
        }
        if (!marked.isEmpty()) {
            Files.writeString(folder.resolve("conffiles"), marked.toString());
        }
        for (Map.Entry<String, Path> file : info.files().entrySet()) {
            if (!MADE_BY_DPKG.contains(file.getKey())) {
                Path own = folder.resolve(file.getKey());
                Files.copy(file.getValue(), own);
                Files.setPosixFilePermissions(
                        own,
                        PosixFilePermissions.fromString(
                                SCRIPTS.contains(file.getKey()) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    private static byte[] bytes(Iterable<String> paths) {
        StringBuilder names = new StringBuilder();
        paths.forEach(path -> names.append('.').append(path).append('\0'));
        return names.toString().getBytes(StandardCharsets.UTF_8);
    }

    private String inside(Path path) {
        return inside(place, path);
    }

    /// The name of a path of the agent's own file system, for a program that runs in the place.
    static String inside(Place place, Path path) {
        return "/" + place.path("/").toAbsolutePath().relativize(path.toAbsolutePath());
    }

    private void run(String... command) throws IOException, InterruptedException {
        Output output = place.run(Command.of(command).within(LIMIT));
        if (!output.succeeded()) {
            throw new IOException("%s failed: %s".formatted(command[0], output.tail()));
        }
    }
}
