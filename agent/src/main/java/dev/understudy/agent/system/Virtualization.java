package dev.understudy.agent.system;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;

/// What the place runs on.
///
/// @param name as systemd-detect-virt has it (`kvm`, `lxc`, `none` for metal), or `unknown`
public record Virtualization(String name, boolean container) {
    private static final Set<String> CONTAINERS =
            Set.of(
                    "openvz",
                    "lxc",
                    "lxc-libvirt",
                    "systemd-nspawn",
                    "docker",
                    "podman",
                    "rkt",
                    "wsl",
                    "proot",
                    "pouch",
                    "container-other");

    private static final String NAME = "[a-z0-9-]{1,32}";

    public static Virtualization detect(Place place) throws InterruptedException {
        // Exit code 1 goes with "none".
        Output output = place.run(Command.of("systemd-detect-virt"));
        String name = output.stdout().strip();
        if (!output.timedOut() && name.matches(NAME)) {
            return new Virtualization(name, CONTAINERS.contains(name));
        }
        return byMarkers(place);
    }

    /// Where there is no systemd: the marks that container engines and hypervisors leave.
    private static Virtualization byMarkers(Place place) {
        if (Files.exists(place.path("/.dockerenv"))) {
            return new Virtualization("docker", true);
        }
        if (Files.exists(place.path("/run/.containerenv"))) {
            return new Virtualization("podman", true);
        }
        try {
            String marker = Files.readString(place.path("/run/systemd/container")).strip();
            return new Virtualization(marker.matches(NAME) ? marker : "container-other", true);
        } catch (IOException _) {
            boolean guest =
                    new Proc(place)
                            .read("cpuinfo")
                            .filter(text -> text.contains(" hypervisor"))
                            .isPresent();
            return new Virtualization(guest ? "vm-other" : "unknown", false);
        }
    }
}
