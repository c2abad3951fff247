package dev.understudy.advisory;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What hosts and feeds call a distribution's release: the codename where it has one (`bookworm`),
/// otherwise `distribution:version` (`almalinux:9`, `sles:15.5`, `alpine:3.20`), with as much of
/// the version as makes it a release of its own.
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
                    Map.entry("14.10", "utopic"),
                    Map.entry("15.04", "vivid"),
                    Map.entry("15.10", "wily"),
                    Map.entry("16.04", "xenial"),
                    Map.entry("16.10", "yakkety"),
                    Map.entry("17.04", "zesty"),
                    Map.entry("17.10", "artful"),
                    Map.entry("18.04", "bionic"),
                    Map.entry("18.10", "cosmic"),
                    Map.entry("19.04", "disco"),
                    Map.entry("19.10", "eoan"),
                    Map.entry("20.04", "focal"),
                    Map.entry("20.10", "groovy"),
                    Map.entry("21.04", "hirsute"),
                    Map.entry("21.10", "impish"),
                    Map.entry("22.04", "jammy"),
                    Map.entry("22.10", "kinetic"),
                    Map.entry("23.04", "lunar"),
                    Map.entry("23.10", "mantic"),
                    Map.entry("24.04", "noble"),
                    Map.entry("24.10", "oracular"),
                    Map.entry("25.04", "plucky"),
                    Map.entry("25.10", "questing"),
                    Map.entry("26.04", "resolute"));

    /// Distributions whose minor version is a release that gets fixes of its own.
    private static final List<String> BY_MINOR =
            List.of(
                    "alpine",
                    "sles",
                    "sled",
                    "sle-micro",
                    "sl-micro",
                    "opensuse-leap",
                    "opensuse-leap-micro");

    /// From this version on SUSE's Micro has another name on hosts.
    private static final int RENAMED_MICRO = 6;

    private static final Pattern UBUNTU_VERSION = Pattern.compile("[0-9]{2}\\.[0-9]{2}");

    /// `Linux Enterprise Server 15 SP5-LTSS`, `… Module for Basesystem 15 SP5`, `… Micro 5.5`.
    private static final Pattern SUSE =
            Pattern.compile(
                    "(?:SUSE )?Linux (?:Enterprise )?(.*?) ?"
                            + "([0-9]{1,4}(?:\\.[0-9]+)?)(?: SP([0-9]+))?([ -].*)?");

    /// `Leap 15.6`, `Leap Micro 5.5`.
    private static final Pattern LEAP = Pattern.compile("Leap (Micro )?([0-9.]+)(?:[ :].*)?");

    private static final Pattern RED_HAT = Pattern.compile("enterprise_linux(?:_eus)?");

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
                    case "opensuse-tumbleweed" -> "opensuse-tumbleweed";
                    default -> null;
                };
        if (known != null) {
            return known;
        }
        String[] numbers = version.split("\\.");
        return BY_MINOR.contains(distribution) && numbers.length > 1
                ? distribution + ":" + numbers[0] + "." + numbers[1]
                : distribution + ":" + numbers[0];
    }

    /// By an OSV ecosystem: `Debian:12`, `Ubuntu:22.04:LTS`, `AlmaLinux:9`, `Rocky Linux:8`,
    /// `SUSE:Linux Enterprise Server 15 SP5`, `openSUSE:Leap 15.6`, `Alpine:v3.20`. Subscription
    /// archives are releases of their own (`jammy-pro`, `sles:15.3-ltss`): plain hosts cannot get
    /// those versions.
    public static String ofEcosystem(String ecosystem) {
        String[] parts = ecosystem.split(":", 2);
        String suffix = parts.length > 1 ? parts[1] : "";
        return switch (parts[0]) {
            case "Debian" -> suffix.isEmpty() ? "debian" : ofDebian(suffix);
            case "Ubuntu" -> suffix.isEmpty() ? "ubuntu" : ofUbuntu(suffix);
            case "Rocky Linux" -> versioned("rocky", suffix);
            case "Alpine" -> versioned("alpine", suffix.replaceFirst("^v", ""));
            case "SUSE" -> suffix.isEmpty() ? "suse" : ofSuse(suffix);
            case "openSUSE" -> ofOpenSuse(suffix);
            case "Red Hat" -> ofRedHat(suffix);
            default -> versioned(slug(parts[0]), suffix.replaceAll(":.*", ""));
        };
    }

    /// By a CPE of a product, `cpe:/o:redhat:enterprise_linux:9` or in the form of CPE 2.3; empty
    /// where it is none that hosts run.
    public static Optional<String> ofCpe(String cpe) {
        String[] parts =
                cpe.replaceFirst("^cpe:2\\.3:", "").replaceFirst("^cpe:/", "").split(":", -1);
        if (parts.length < 4 || parts[3].isEmpty() || parts[3].equals("*")) {
            return Optional.empty();
        }
        String version = parts[3].replace("\\", "");
        return switch (parts[1]) {
            case "redhat" ->
                    RED_HAT.matcher(parts[2]).matches()
                            ? Optional.of("rhel:" + version.replaceAll("\\..*", ""))
                            : Optional.empty();
            case "almalinux" -> Optional.of("almalinux:" + version.replaceAll("\\..*", ""));
            case "rocky" -> Optional.of("rocky:" + version.replaceAll("\\..*", ""));
            case "debian" -> Optional.of(ofDebian(version.replaceAll("\\..*", "")));
            case "canonical" -> Optional.of(ofUbuntu(version));
            case "suse" -> ofSuseCpe(parts);
            case "opensuse" ->
                    parts[2].equals("leap")
                            ? Optional.of("opensuse-leap:" + version)
                            : Optional.empty();
            case "alpinelinux" -> Optional.of("alpine:" + version);
            default -> Optional.empty();
        };
    }

    private static Optional<String> ofSuseCpe(String[] parts) {
        if (!List.of("sles", "sled").contains(parts[2])) {
            return Optional.empty();
        }
        String pack = parts.length > 4 ? parts[4].replaceFirst("^sp", "") : "";
        return Optional.of(parts[2] + ":" + parts[3] + (pack.isEmpty() ? "" : "." + pack));
    }

    private static String ofDebian(String suffix) {
        return DEBIAN.getOrDefault(suffix.replaceAll(":.*", ""), "debian:" + suffix);
    }

    private static String ofUbuntu(String suffix) {
        Matcher found = UBUNTU_VERSION.matcher(suffix);
        if (!found.find()) {
            return "ubuntu:" + suffix;
        }
        String release = UBUNTU.getOrDefault(found.group(), "ubuntu:" + found.group());
        String before = suffix.substring(0, found.start());
        return before.isEmpty() ? release : release + "-" + slug(before.replaceAll(":$", ""));
    }

    private static String ofSuse(String product) {
        Matcher read = SUSE.matcher(product);
        if (!read.matches()) {
            return "suse:" + slug(product);
        }
        String of = read.group(1).toLowerCase(Locale.ROOT).strip();
        String pack = read.group(3) == null ? "" : "." + read.group(3);
        String rest = read.group(4) == null ? "" : "-" + slug(read.group(4).strip());
        String distribution =
                of.isEmpty()
                                || of.startsWith("server")
                                || of.startsWith("module for")
                                || of.startsWith("software development kit")
                                || of.startsWith("high availability")
                        ? "sles"
                        : of.startsWith("desktop") || of.startsWith("workstation")
                                ? "sled"
                                : of.startsWith("micro")
                                        ? micro(read.group(2))
                                        : "suse-" + slug(of);
        return distribution + ":" + read.group(2) + pack + rest;
    }

    private static String micro(String version) {
        return Integer.parseInt(version.replaceAll("\\..*", "")) < RENAMED_MICRO
                ? "sle-micro"
                : "sl-micro";
    }

    private static String ofOpenSuse(String product) {
        Matcher leap = LEAP.matcher(product);
        return leap.matches()
                ? "opensuse-leap" + (leap.group(1) == null ? "" : "-micro") + ":" + leap.group(2)
                : "opensuse-" + slug(product);
    }

    private static String ofRedHat(String product) {
        String[] parts = product.split(":");
        return parts.length > 1 && parts[0].equals("enterprise_linux")
                ? "rhel:" + parts[1].replaceAll("\\..*", "")
                : versioned("red-hat", slug(product));
    }

    private static String versioned(String distribution, String version) {
        return version.isEmpty() ? distribution : distribution + ":" + version;
    }

    private static String slug(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("^-|-$", "");
    }
}
