package dev.understudy.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The programs of this machine that the lab works with, and the packages they are in.
final class Tools {
    private static final Map<String, String> PACKAGES = new LinkedHashMap<>();

    static {
        PACKAGES.put("debootstrap", "debootstrap");
        PACKAGES.put("systemd-nspawn", "systemd-container");
        PACKAGES.put("ip", "iproute2");
        PACKAGES.put("mount", "mount");
        PACKAGES.put("nsenter", "util-linux");
        PACKAGES.put("unshare", "util-linux");
        PACKAGES.put("setsid", "util-linux");
        PACKAGES.put("losetup", "mount");
        PACKAGES.put("mkfs.ext4", "e2fsprogs");
        PACKAGES.put("e2fsck", "e2fsprogs");
        PACKAGES.put("gpg", "gnupg");
        PACKAGES.put("dpkg-deb", "dpkg");
    }

    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

    private Tools() {}

    /// Installs what is missing, or says what to install.
    static void ensure() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new LabException("The lab boots real hosts, and only root may: use sudo.");
        }
        var missing = missing();
        if (missing.isEmpty()) {
            return;
        }
        if (find("apt-get").isEmpty()) {
            throw new LabException(
                    "This machine lacks " + missing + " and has no apt-get to install them with.");
        }
        System.out.println("Installing " + String.join(" ", missing));
        Programs.run(Duration.ofMinutes(5), List.of("apt-get", "-q", "update"));
        var command = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive"));
        command.addAll(List.of("apt-get", "-q", "-y", "--no-install-recommends", "install"));
        command.addAll(missing);
        Programs.run(Duration.ofMinutes(10), command);
        var left = missing();
        if (!left.isEmpty()) {
            throw new LabException("Still missing after their installation: " + left);
        }
    }

    private static Set<String> missing() {
        var missing = new TreeSet<String>();
        PACKAGES.forEach(
                (program, name) -> {
                    if (find(program).isEmpty()) {
                        missing.add(name);
                    }
                });
        if (!Files.exists(KEYRING)) {
            missing.add("debian-archive-keyring");
        }
        return missing;
    }

    private static List<Path> find(String program) {
        return List.of(
                        "/usr/local/sbin",
                        "/usr/local/bin",
                        "/usr/sbin",
                        "/usr/bin",
                        "/sbin",
                        "/bin")
                .stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .toList();
    }
}
