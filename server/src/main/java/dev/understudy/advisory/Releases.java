package dev.understudy.advisory;

import java.util.Locale;
import java.util.Map;

/// What hosts and feeds call a distribution's release: the codename where it has one (`bookworm`),
/// otherwise `distribution:version` (`almalinux:9`).
public final class Releases {
    private static final Map<String, String> DEBIAN =
            Map.of(
                    "7",
                    "wheezy",
                    "8",
                    "jessie",
                    "9",
                    "stretch",
                    "10",
                    "buster",
                    "11",
                    "bullseye",
                    "12",
                    "bookworm",
                    "13",
                    "trixie",
                    "14",
                    "forky");
    private static final Map<String, String> UBUNTU =
            Map.ofEntries(
                    Map.entry("12.04", "precise"),
                    Map.entry("14.04", "trusty"),
                    Map.entry("16.04", "xenial"),
                    Map.entry("18.04", "bionic"),
                    Map.entry("20.04", "focal"),
                    Map.entry("22.04", "jammy"),
                    Map.entry("24.04", "noble"),
                    Map.entry("24.10", "oracular"),
                    Map.entry("25.04", "plucky"),
                    Map.entry("25.10", "questing"),
                    Map.entry("26.04", "resolute"));

    private Releases() {}

    /// By what a host says of itself in os-release.
    public static String ofHost(String distribution, String version, String codename) {
        if (!codename.isBlank()) {
            return codename.toLowerCase(Locale.ROOT);
        }
        String known =
                switch (distribution) {
                    case "debian" -> DEBIAN.get(version);
                    case "ubuntu" -> UBUNTU.get(version);
                    default -> null;
                };
        return known != null ? known : distribution + ":" + version.replaceAll("\\..*", "");
    }

    /// By an OSV ecosystem: `Debian:12`, `Ubuntu:22.04:LTS`, `AlmaLinux:9`. Ubuntu's subscription
    /// archives are releases of their own (`jammy-pro`): plain hosts cannot get those versions.
    public static String ofEcosystem(String ecosystem) {
        String[] parts = ecosystem.split(":");
        String distribution = parts[0].toLowerCase(Locale.ROOT).replace(' ', '-');
        if (distribution.equals("debian") && parts.length > 1) {
            return DEBIAN.getOrDefault(parts[1], "debian:" + parts[1]);
        }
        if (distribution.equals("ubuntu") && parts.length > 1) {
            boolean pro = parts[1].equals("Pro") && parts.length > 2;
            String version = pro ? parts[2] : parts[1];
            return UBUNTU.getOrDefault(version, "ubuntu:" + version) + (pro ? "-pro" : "");
        }
        return parts.length > 1 ? distribution + ":" + parts[1] : distribution;
    }
}
