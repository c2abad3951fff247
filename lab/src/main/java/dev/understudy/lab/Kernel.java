package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Limits of this machine's kernel that are too low for many hosts.
final class Kernel {
    private static final Path INOTIFY = Path.of("/proc/sys/fs/inotify/max_user_instances");
    private static final int ENOUGH = 8_192;

    private Kernel() {}

    /// Each systemd holds several inotify instances; the usual 128 end at about the 21st host.
    static void raiseLimits() {
        try {
            int now = Integer.parseInt(Files.readString(INOTIFY).strip());
            if (now < ENOUGH) {
                Files.writeString(INOTIFY, Integer.toString(ENOUGH));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot raise " + INOTIFY, e);
        }
    }
}
