package dev.understudy.agent.packages;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.exec.Processes;
import dev.understudy.protocol.InstalledPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A root file system to ruin: an overlay of this machine's, with a package database that holds
/// dpkg alone and one local repository of made packages.
final class ThrowawayRoot implements Place {
    private final Path folder;
    private final Path root;
    private final List<String> paragraphs = new ArrayList<>();

    /// Skips the test where no such root can be made.
    static void assumePossible() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root to mount");
        assumeTrue(Files.exists(Path.of("/usr/bin/apt-get")), "needs apt");
        assumeTrue(
                Files.readString(Path.of("/proc/filesystems")).contains("\toverlay"),
                "needs overlayfs");
    }

    /// Versions of what was installed into a root, by name; dpkg itself is in every one.
    static Map<String, String> added(List<InstalledPackage> installed) {
        return installed.stream()
                .filter(each -> !each.name().equals("dpkg"))
                .collect(Collectors.toMap(InstalledPackage::name, InstalledPackage::version));
    }

    ThrowawayRoot(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.root = folder.resolve("root");
        for (String name : List.of("root", "upper", "work", "build")) {
            Files.createDirectories(folder.resolve(name));
        }
        outside(
                "mount",
                "-t",
                "overlay",
                "overlay",
                "-o",
                "lowerdir=/,upperdir=%s,workdir=%s"
                        .formatted(folder.resolve("upper"), folder.resolve("work")),
                root.toString());
        outside("mount", "-t", "tmpfs", "tmpfs", path("/run").toString());
        outside("mount", "-t", "tmpfs", "tmpfs", path("/tmp").toString());
        outside("mount", "--bind", "/dev", path("/dev").toString());
        outside("mount", "-t", "proc", "proc", path("/proc").toString());
        for (String gone : List.of("/var/lib/dpkg", "/etc/apt", "/var/lib/apt/lists")) {
            outside("rm", "-rf", path(gone).toString());
        }
        Files.deleteIfExists(path("/var/lib/apt/extended_states"));
        for (String made :
                List.of(
                        "/var/lib/dpkg/info",
                        "/var/lib/dpkg/updates",
                        "/var/lib/apt/lists/partial",
                        "/etc/apt/preferences.d",
                        "/etc/apt/apt.conf.d",
                        "/repository")) {
            Files.createDirectories(path(made));
        }
        Files.writeString(
                path("/var/lib/dpkg/status"),
                """
                Package: dpkg
                Status: install ok installed
                Maintainer: Nobody <nobody@example.org>
                Architecture: all
                Version: 1.0
                Description: made for a test
                """);
        Files.writeString(path("/var/lib/dpkg/info/dpkg.list"), "/.\n");
        Files.writeString(path("/var/lib/dpkg/info/dpkg.md5sums"), "");
        Files.writeString(path("/var/lib/dpkg/available"), "");
        Files.writeString(path("/etc/apt/sources.list"), "deb [trusted=yes] file:/repository ./\n");
    }

    @Override
    public Output run(Command command) throws InterruptedException {
        List<String> argv = new ArrayList<>(List.of("unshare", "-n", "chroot", root.toString()));
        argv.addAll(command.arguments());
        return Processes.run(argv, command);
    }

    @Override
    public Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    String must(String... command) throws InterruptedException {
        Output output = run(Command.of(command));
        if (!output.succeeded()) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output.tail());
        }
        return output.stdout();
    }

    /// Builds a package and puts it into the repository. `fields` are further lines of its control
    /// file, `postinst` a shell script, `configuration` the content of its conffile /etc/NAME.conf;
    /// the last two may be empty.
    void publish(String name, String version, String fields, String postinst, String configuration)
            throws IOException, InterruptedException {
        Path tree = Files.createTempDirectory(folder.resolve("build"), name);
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path control = Files.createDirectories(tree.resolve("DEBIAN"));
        String paragraph =
                """
                Package: %s
                Version: %s
                Architecture: all
                Maintainer: Nobody <nobody@example.org>
                Description: made for a test
                """
                        .formatted(name, version);
        paragraph += fields.isEmpty() ? "" : fields + "\n";
        Files.writeString(control.resolve("control"), paragraph);
        if (!postinst.isEmpty()) {
            Path script = control.resolve("postinst");
            Files.writeString(script, "#!/bin/sh\n" + postinst + "\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        if (!configuration.isEmpty()) {
            Files.createDirectories(tree.resolve("etc"));
            Files.writeString(tree.resolve("etc/" + name + ".conf"), configuration);
            Files.writeString(control.resolve("conffiles"), "/etc/" + name + ".conf\n");
        }
        Path payload = Files.createDirectories(tree.resolve("usr/share/" + name));
        Files.writeString(payload.resolve("version"), version);
        String file = "%s_%s_all.deb".formatted(name, version.replace(":", "%3a"));
        Path archive = path("/repository/" + file);
        outside("dpkg-deb", "--root-owner-group", "-b", tree.toString(), archive.toString());
        String sum = outside("sha256sum", archive.toString()).split(" ")[0];
        paragraphs.add(
                paragraph
                        + "Filename: ./%s%nSize: %d%nSHA256: %s%n"
                                .formatted(file, Files.size(archive), sum));
        Path packages = path("/repository/Packages");
        Files.writeString(packages, String.join("\n", paragraphs));
        Files.writeString(
                path("/repository/Release"),
                """
                Origin: Test
                Label: Test-Security
                Suite: stable
                Codename: test-security
                Date: Mon, 23 Nov 2026 00:00:00 UTC
                SHA256:
                 %s %d Packages
                """
                        .formatted(
                                outside("sha256sum", packages.toString()).split(" ")[0],
                                Files.size(packages)));
    }

    void remove() throws IOException, InterruptedException {
        for (String mount : List.of("/proc", "/dev", "/tmp", "/run")) {
            outside("umount", "-l", path(mount).toString());
        }
        outside("umount", "-l", root.toString());
        for (String gone : List.of("upper", "work", "build")) {
            try (var files = Files.walk(folder.resolve(gone))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String outside(String... command) throws InterruptedException {
        Output output = Processes.run(List.of(command), Command.of(command));
        if (!output.succeeded()) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output.tail());
        }
        return output.stdout();
    }
}
