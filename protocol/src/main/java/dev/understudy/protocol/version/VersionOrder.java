package dev.understudy.protocol.version;

import java.util.Comparator;
import java.util.Optional;

/// How a package manager orders versions. Every text has its place, so hostile ones cannot stop a
/// comparison; where the package manager itself refuses a text, the order's class says what holds
/// here. Numbers may have any length. Comparing makes no objects.
///
/// [#compare] is 0 for versions that only look different (`1.0` and `1.0-0` of dpkg).
public enum VersionOrder implements Comparator<String> {
    /// As `dpkg --compare-versions` does, deb-version(7).
    DPKG {
        @Override
        public int compare(String a, String b) {
            return DpkgOrder.compare(a, b);
        }

        @Override
        void write(String version, KeyWriter key) {
            DpkgOrder.write(version, key);
        }
    },
    /// As rpm does, rpm-version(7): `epoch:version-release`, the epoch 0 where there is none.
    RPM {
        @Override
        public int compare(String a, String b) {
            return RpmOrder.compare(a, b);
        }

        @Override
        void write(String version, KeyWriter key) {
            RpmOrder.write(version, key);
        }
    },
    /// As apk-tools 3 does, apk-package(5).
    APK {
        @Override
        public int compare(String a, String b) {
            return ApkOrder.compare(a, b);
        }

        @Override
        void write(String version, KeyWriter key) {
            ApkOrder.write(version, key);
        }
    };

    /// The version's place in this order as bytes: worth its making where one version is compared
    /// many times.
    public VersionKey key(String version) {
        KeyWriter key = new KeyWriter(version.length());
        write(version, key);
        return new VersionKey(this, key.bytes());
    }

    abstract void write(String version, KeyWriter key);

    /// By an OSV ecosystem, with or without its release: `Debian:12`, `Red Hat:enterprise_linux:9`.
    /// Empty where versions are not ordered by a distribution's package manager (`npm`).
    public static Optional<VersionOrder> ofEcosystem(String ecosystem) {
        int colon = ecosystem.indexOf(':');
        return switch (colon < 0 ? ecosystem : ecosystem.substring(0, colon)) {
            case "Debian", "Ubuntu", "Echo" -> Optional.of(DPKG);
            case "AlmaLinux",
                    "Azure Linux",
                    "Mageia",
                    "openEuler",
                    "openSUSE",
                    "Photon OS",
                    "Red Hat",
                    "Rocky Linux",
                    "SUSE" ->
                    Optional.of(RPM);
            case "Alpaquita",
                    "Alpine",
                    "BellSoft Hardened Containers",
                    "Chainguard",
                    "MinimOS",
                    "Wolfi" ->
                    Optional.of(APK);
            default -> Optional.empty();
        };
    }
}
