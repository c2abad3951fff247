package dev.understudy.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything the agent knows of its host. Holds nothing that changes by itself (no clock, no
/// load), so that its digest changes only when the host does.
///
/// @param metadataAsOf when the package lists were last fetched; null when there are none, and then
///   nothing can be said about what is pending
/// @param rebootReasons why a reboot is needed for installed fixes to take effect; empty if none is
/// @param configuration SHA-256 of the host's configuration files, without what names the host
///   itself; null where the agent cannot tell
public record Inventory(
        Platform platform,
        Kernel kernel,
        List<InstalledPackage> packages,
        List<PendingUpgrade> pending,
        List<ServiceState> services,
        List<ListeningSocket> sockets,
        List<DiskSpace> disks,
        List<StaleProcess> staleProcesses,
        List<String> rebootReasons,
        Capabilities capabilities,
        @Nullable Instant metadataAsOf,
        @Nullable String configuration) {
    public Inventory {
        Require.present(platform, "platform");
        Require.present(kernel, "kernel");
        packages = packages.stream().sorted().toList();
        pending = pending.stream().sorted().toList();
        services = List.copyOf(services);
        sockets = sockets.stream().distinct().sorted().toList();
        disks = List.copyOf(disks);
        staleProcesses = staleProcesses.stream().distinct().sorted().toList();
        rebootReasons = List.copyOf(rebootReasons);
        Require.present(capabilities, "capabilities");
        if (configuration != null) {
            Require.matching(configuration, "configuration", "[0-9a-f]{64}");
        }
    }

    /// Of a host whose configuration is not known.
    public Inventory(
            Platform platform,
            Kernel kernel,
            List<InstalledPackage> packages,
            List<PendingUpgrade> pending,
            List<ServiceState> services,
            List<ListeningSocket> sockets,
            List<DiskSpace> disks,
            List<StaleProcess> staleProcesses,
            List<String> rebootReasons,
            Capabilities capabilities,
            @Nullable Instant metadataAsOf) {
        this(
                platform,
                kernel,
                packages,
                pending,
                services,
                sockets,
                disks,
                staleProcesses,
                rebootReasons,
                capabilities,
                metadataAsOf,
                null);
    }

    /// SHA-256 of the whole inventory as it goes over the wire.
    public String digest() {
        return Digests.sha256(Wire.encode(this));
    }

    /// SHA-256 of the platform and the exact package set: equal hosts have equal shapes.
    public String shapeDigest() {
        StringBuilder text = new StringBuilder();
        text.append(platform.distribution()).append(' ').append(platform.codename()).append('\n');
        packages.forEach(
                p ->
                        text.append(p.name())
                                .append('\t')
                                .append(p.architecture())
                                .append('\t')
                                .append(p.version())
                                .append('\t')
                                .append(p.sourceName())
                                .append('\t')
                                .append(p.sourceVersion())
                                .append('\t')
                                .append(p.status())
                                .append(p.module() == null ? "" : "\t" + p.module())
                                .append('\n'));
        return Digests.sha256(text.toString());
    }
}
