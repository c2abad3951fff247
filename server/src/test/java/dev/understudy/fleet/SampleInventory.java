package dev.understudy.fleet;

import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.ListeningSocket;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.ServiceState;
import java.time.Instant;
import java.util.List;

/// A small Debian host as an agent would report it.
public final class SampleInventory {
    private SampleInventory() {}

    /// With this version of openssl installed.
    public static Inventory with(String openssl) {
        return of(
                List.of(
                        new InstalledPackage("openssl", "amd64", openssl, "openssl", openssl, "ii"),
                        new InstalledPackage("libssl3", "amd64", openssl, "openssl", openssl, "ii"),
                        new InstalledPackage(
                                "base-files", "amd64", "12.4", "base-files", "12.4", "ii")));
    }

    public static Inventory of(List<InstalledPackage> packages) {
        return new Inventory(
                new Platform("debian", "12", "bookworm", "Debian GNU/Linux 12", "amd64", "kvm"),
                new Kernel("6.1.0-25-amd64", List.of("6.1.0-25-amd64")),
                packages,
                List.of(pending()),
                List.of(new ServiceState("nginx.service", "enabled", "active", "running")),
                List.of(new ListeningSocket("tcp", "0.0.0.0", 80, "nginx", "nginx.service")),
                List.of(new DiskSpace("/", 10L << 30, 5L << 30)),
                List.of(),
                List.of(),
                new Capabilities("apt", true, "", Capabilities.Mode.MANAGED, List.of()),
                Instant.parse("2026-11-23T06:00:00Z"));
    }

    private static PendingUpgrade pending() {
        return new PendingUpgrade(
                "openssl",
                "amd64",
                "3.0.15-1~deb12u1",
                "3.0.17-1~deb12u2",
                "openssl",
                "3.0.17-1~deb12u2",
                "Debian",
                "Debian-Security",
                "bookworm-security",
                true,
                PendingUpgrade.Blocked.NONE,
                List.of("CVE-2025-9230"),
                true,
                1_400_000);
    }
}
