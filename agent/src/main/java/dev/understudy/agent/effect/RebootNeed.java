package dev.understudy.agent.effect;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Kernels;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.StaleProcess;
import dev.understudy.protocol.version.VersionOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Why installed fixes need a reboot to take effect.
public final class RebootNeed {
    /// Units whose restart ends every session or the machine's own bookkeeping.
    static final Set<String> NEVER_RESTARTED =
            Set.of(
                    "dbus.service",
                    "dbus-broker.service",
                    "systemd-logind.service",
                    "elogind.service",
                    "init.scope");

    private final Place place;

    public RebootNeed(Place place) {
        this.place = place;
    }

    /// @param stale what still runs old files, after everything restartable was restarted
    public List<String> reasons(Kernel kernel, List<StaleProcess> stale) {
        List<String> reasons = new ArrayList<>();
        kernel(kernel, reasons);
        required(reasons);
        stale.stream()
                .filter(process -> NEVER_RESTARTED.contains(process.unit()))
                .map(
                        process ->
                                "%s runs replaced files (%s) and cannot be restarted by itself"
                                        .formatted(process.unit(), first(process.files())))
                .distinct()
                .forEach(reasons::add);
        return reasons;
    }

    private static void kernel(Kernel kernel, List<String> reasons) {
        if (kernel.installed().isEmpty()) {
            return;
        }
        String newest = kernel.installed().getFirst();
        if (kernel.running().equals(Kernels.UNKNOWN)) {
            reasons.add("%s is installed, which kernel runs cannot be told".formatted(newest));
        } else if (VersionOrder.DPKG.compare(newest, kernel.running()) > 0) {
            reasons.add("kernel %s runs, %s is installed".formatted(kernel.running(), newest));
        }
    }

    /// What packages themselves ask for, on distributions where they do.
    private void required(List<String> reasons) {
        Path flag = place.path("/run/reboot-required");
        if (Files.notExists(flag)) {
            return;
        }
        Path packages = place.path("/run/reboot-required.pkgs");
        try {
            Set<String> names =
                    Files.exists(packages) ? new TreeSet<>(Files.readAllLines(packages)) : Set.of();
            reasons.add(
                    names.isEmpty()
                            ? "a package asks for a reboot (" + flag + ")"
                            : "asked for by " + String.join(", ", names));
        } catch (IOException e) {
            reasons.add("a package asks for a reboot (which one cannot be read: " + e + ")");
        }
    }

    private static String first(List<String> files) {
        return files.size() == 1
                ? files.getFirst()
                : "%s and %d more".formatted(files.getFirst(), files.size() - 1);
    }
}
