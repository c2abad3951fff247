package dev.understudy.risk;

import dev.understudy.protocol.PackageChange;
import java.util.List;
import java.util.regex.Pattern;

/// What installing a patch costs the host's users, relatively: nothing restarts, services restart,
/// or the host has to reboot before the fix is in effect.
enum Effort {
    INSTALL(1),
    RESTART(2),
    REBOOT(5);

    /// Kernels, the C library, and what cannot be restarted on a running host.
    private static final Pattern NEEDS_REBOOT =
            Pattern.compile(
                    "linux-image-.*|linux-(lts|virt)|kernel(-(core|default|rt.*))?"
                            + "|libc6|libc-bin|glibc|musl|systemd|libsystemd0|systemd-libs|udev"
                            + "|dbus|dbus-daemon|intel-microcode|amd64-microcode|microcode_ctl"
                            + "|ucode-(intel|amd)");

    private final double weight;

    Effort(double weight) {
        this.weight = weight;
    }

    double weight() {
        return weight;
    }

    static boolean needsReboot(List<PackageChange> changes) {
        return changes.stream().anyMatch(c -> NEEDS_REBOOT.matcher(c.name()).matches());
    }

    static Effort of(List<PackageChange> changes, Reach reach) {
        if (needsReboot(changes)) {
            return REBOOT;
        }
        return reach.level() == Reach.Level.INSTALLED ? INSTALL : RESTART;
    }
}
