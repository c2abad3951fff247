package dev.understudy.agent.system;

import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.version.VersionOrder;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The running kernel and those that a reboot could start.
public final class Kernels {
    /// In place of the running kernel's release where it cannot be told.
    public static final String UNKNOWN = "unknown";

    private Kernels() {}

    /// @param container a container runs its host's kernel, so what lies in its /boot means nothing
    public static Kernel of(Place place, boolean container) {
        String running =
                new Proc(place)
                        .read("sys/kernel/osrelease")
                        .map(String::strip)
                        .filter(release -> !release.isEmpty() && release.length() <= 256)
                        .orElse(UNKNOWN);
        return new Kernel(running, container ? List.of() : installed(place));
    }

    /// Releases with both an image and modules, newest first.
    private static List<String> installed(Place place) {
        List<String> releases = new ArrayList<>();
        Path boot = place.path("/boot");
        if (!Files.isDirectory(boot)) {
            return releases;
        }
        try (var images = Files.newDirectoryStream(boot, "vmlinu[xz]-*")) {
            for (Path image : images) {
                String release = image.getFileName().toString().substring("vmlinuz-".length());
                if (Files.isDirectory(place.path("/lib/modules/" + release))) {
                    releases.add(release);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException(boot + " cannot be listed", e);
        }
        releases.sort(VersionOrder.DPKG.reversed());
        return releases;
    }
}
