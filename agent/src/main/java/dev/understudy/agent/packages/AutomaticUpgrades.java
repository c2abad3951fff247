package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether the host also upgrades itself: `apt.systemd.daily` runs unattended-upgrade where both
/// `APT::Periodic::Enable` and `APT::Periodic::Unattended-Upgrade` say so and its timer is active.
/// Nothing holds such an upgrade back: it is not rehearsed, keeps to no wave and no stop, and
/// installs again what was rolled back.
public final class AutomaticUpgrades {
    private static final Pattern SETTING = Pattern.compile("(?<name>[EU])='(?<value>[^']*)'");
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
        boolean enabled = true;
        boolean upgrades = false;
        for (String line : settings.stdout().lines().toList()) {
            Matcher setting = SETTING.matcher(line);
            if (setting.matches()) {
                boolean on = !List.of("0", "").contains(setting.group("value"));
                enabled &= on || setting.group("name").equals("U");
                upgrades |= on && setting.group("name").equals("U");
            }
        }
        if (!enabled || !upgrades) {
            return Optional.empty();
        }
        return place.run(Command.of("systemctl", "is-active", TIMER)).succeeded()
                ? Optional.of(
                        "the host also upgrades itself (APT::Periodic::Unattended-Upgrade, %s):"
                                        .formatted(TIMER)
                                + " without rehearsal, outside waves and windows, and again what"
                                + " was rolled back; to leave it to Understudy: systemctl disable"
                                + " --now "
                                + TIMER)
                : Optional.empty();
    }
}
