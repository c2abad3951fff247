package dev.understudy.risk.exposure;

import dev.understudy.protocol.version.VersionOrder;
import java.util.Optional;

/// Whose order of versions holds on which hosts.
public final class Orders {
    private Orders() {}

    /// @param packageManager as the host's capabilities name it; empty where its order is not known
    ///   here, so that nothing can be said of its packages
    public static Optional<VersionOrder> of(String packageManager) {
        return switch (packageManager) {
            case "apt" -> Optional.of(VersionOrder.DPKG);
            case "dnf", "yum", "microdnf", "tdnf", "zypper" -> Optional.of(VersionOrder.RPM);
            case "apk" -> Optional.of(VersionOrder.APK);
            default -> Optional.empty();
        };
    }
}
