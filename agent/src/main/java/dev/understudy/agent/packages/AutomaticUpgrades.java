package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether the host also upgrades itself: `apt.systemd.daily` runs unattended-upgrade where both
/// `APT::Periodic::Enable` and `APT::Periodic::Unattended-Upgrade` say so and its timer is active.
/// Nothing holds such an upgrade back: it is not rehearsed, keeps to no wave and no stop, and
/// installs again what was rolled back.
public final class AutomaticUpgrades {
    private static final Pattern SETTING = Pattern.compile("(?<name>[EU])='(?<value>[^']*)'");
    private static final Set<String> OFF = Set.of("0", "");
    private static final String TIMER = "apt-daily-upgrade.timer";

    private AutomaticUpgrades() {}

    /// A sentence for the owner; empty if the host leaves upgrades to others.
    public static Optional<String> warning(Place place) throws InterruptedException {
        if (!Files.exists(place.path("/usr/bin/unattended-upgrade"))) {
            return Optional.empty();
        }
        Output settings =
                place.run(
                        Command.of(
                                "apt-config",
                                "shell",
                                "E",
                                "APT::Periodic::Enable",
                                "U",
                                "APT::Periodic::Unattended-Upgrade"));
        Map<String, String> values = new HashMap<>();
        settings.stdout()
                .lines()
                .map(SETTING::matcher)
                .filter(Matcher::matches)
                .forEach(setting -> values.put(setting.group("name"), setting.group("value")));
        if (OFF.contains(values.getOrDefault("E", "1"))
                || OFF.contains(values.getOrDefault("U", "0"))) {
            return Optional.empty();
        }
        return place.run(Command.of("systemctl", "is-active", TIMER)).succeeded()
                ? Optional.of(
                        "the host also upgrades itself (APT::Periodic::Unattended-Upgrade, %s):"
                                        .formatted(TIMER)
                                + " without rehearsal, outside waves and windows; to leave it to"
                                + " Understudy: systemctl disable --now "
                                + TIMER)
                : Optional.empty();
    }
}
