package dev.understudy.protocol;

import java.util.List;

/// A process that still executes or maps a file that was replaced on disk: the fix on disk is not
/// in effect in it. `unit` is empty for a process outside of any systemd unit.
public record StaleProcess(String command, String unit, List<String> files)
        implements Comparable<StaleProcess> {
    public StaleProcess {
        Require.length(command, "command", 256);
        Require.length(unit, "unit", 512);
        files = files.stream().distinct().sorted().limit(50).toList();
    }

    @Override
    public int compareTo(StaleProcess other) {
        return toString().compareTo(other.toString());
    }
}
