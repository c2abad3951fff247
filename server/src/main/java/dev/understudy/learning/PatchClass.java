package dev.understudy.learning;

import java.util.Set;

/// A rough kind of patch, by its source package alone: what fails in similar ways.
enum PatchClass {
    KERNEL,
    /// What every host runs and nothing works without.
    BASE,
    DATABASE,
    LIBRARY,
    APPLICATION;

    private static final Set<String> BASIS =
            Set.of(
                    "glibc",
                    "systemd",
                    "openssl",
                    "dpkg",
                    "apt",
                    "util-linux",
                    "bash",
                    "coreutils",
                    "pam",
                    "shadow",
                    "sudo",
                    "dbus",
                    "udev",
                    "grub2",
                    "shim",
                    "openssh",
                    "perl");

    static PatchClass of(String source) {
        if (source.equals("linux")
                || source.startsWith("linux-")
                || source.startsWith("firmware-")
                || source.endsWith("-microcode")) {
            return KERNEL;
        }
        if (BASIS.contains(source)) {
            return BASE;
        }
        if (source.matches("(postgresql|mysql|mariadb|redis|mongodb|sqlite).*")) {
            return DATABASE;
        }
        return source.startsWith("lib") ? LIBRARY : APPLICATION;
    }
}
