package dev.understudy.protocol;

import java.util.List;

/// The running kernel release (`uname -r`) and the releases installed on disk (under /boot or
/// /lib/modules), newest first. In a container `installed` is empty: its kernel is not its own.
public record Kernel(String running, List<String> installed) {
    public Kernel {
        Require.text(running, "running kernel", 256);
        installed = List.copyOf(installed);
    }
}
