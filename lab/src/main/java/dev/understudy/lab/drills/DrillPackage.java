package dev.understudy.lab.drills;

import dev.understudy.lab.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/// One version of a drill's package.
record DrillPackage(Drill drill, String version) {
    static final String SOUND = "1.0";
    static final String FAULTY = "2.0";

    String fileName() {
        return "%s_%s_all.deb".formatted(drill.packageName(), version);
    }

    /// Builds the package unless it is there.
    void build(Path pool) throws IOException {
        Path finished = pool.resolve(fileName());
        if (Files.exists(finished)) {
            return;
        }
        Path tree = Files.createTempDirectory(pool, "building-");
        try {
            fill(tree);
            Path built = pool.resolve(fileName() + ".next");
            Programs.run(
                    "dpkg-deb", "--root-owner-group", "--build", tree.toString(), built.toString());
            Files.move(built, finished, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Programs.run("rm", "-rf", "--", tree.toString());
        }
    }

    private void fill(Path tree) throws IOException {
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        String name = drill.packageName();
        write(
                tree.resolve("DEBIAN/control"),
                false,
                """
                Package: %s
                Version: %s
                Architecture: all
                Maintainer: Understudy lab <lab@understudy.invalid>
                Section: misc
                Priority: optional
                Depends: perl-base, init-system-helpers
                Description: patch drill: %s
                 A service on port %d. Version 1.0 works. Wrong with version 2.0:
                 %s.
                """
                        .formatted(name, version, drill.text(), drill.port(), drill.fault()));
        write(
                tree.resolve("DEBIAN/conffiles"),
                false,
                "/etc/understudy-drill/" + drill.text() + "\n");
        for (String script : new String[] {"postinst", "prerm", "postrm"}) {
            write(tree.resolve("DEBIAN/" + script), true, resource(script + ".sh"));
        }
        write(tree.resolve("etc/understudy-drill/" + drill.text()), false, "# no settings yet\n");
        write(tree.resolve("usr/lib/" + name + "/serve"), true, resource("serve.pl"));
        write(
                tree.resolve("lib/systemd/system/" + name + ".service"),
                false,
                resource("unit.service"));
        write(
                tree.resolve("usr/share/doc/" + name + "/README"),
                false,
                name + " " + version + "\n");
    }

    private String resource(String file) throws IOException {
        boolean faulty = version.equals(FAULTY);
        try (var in = DrillPackage.class.getResourceAsStream(file)) {
            byte[] bytes = Objects.requireNonNull(in, file).readAllBytes();
            return new String(bytes, StandardCharsets.UTF_8)
                    .replace("@NAME@", drill.text())
                    .replace("@VERSION@", version)
                    .replace("@PORT@", Integer.toString(drill.port()))
                    .replace("@PROGRAM_FAULT@", faulty ? drill.program() : "")
                    .replace("@POSTINST_FAULT@", faulty ? drill.postinst() : "");
        }
    }

    private static void write(Path file, boolean executable, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(
                file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
