package dev.understudy.agent.system;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The systemd units of a place, by their properties (`systemctl show` is the same on every
/// version; the tables are not).
public final class Units {
    private static final List<String> PATTERNS = List.of("*.service", "*.socket", "*.timer");
    private static final String PROPERTIES =
            "Id,LoadState,ActiveState,SubState,UnitFileState,Type,RemainAfterExit,Result,"
                    + "NRestarts,MainPID,InvocationID,RefuseManualStop";

    private Units() {}

    /// One loaded unit.
    ///
    /// @param enablement `enabled`, `disabled`, `static` …; empty for generated and transient units
    /// @param restarts how often systemd has restarted it by itself since it was last started
    /// @param mainPid 0 where it has no main process
    /// @param invocation changes at every start
    public record Unit(
            String name,
            String active,
            String sub,
            String enablement,
            String type,
            String result,
            int restarts,
            long mainPid,
            String invocation,
            boolean restartable) {
        public boolean failed() {
            return active.equals("failed");
        }

        /// Runs to an end and is started by timers and others: that it is not running says nothing.
        public boolean oneshot() {
            return type.equals("oneshot");
        }
    }

    /// Whether systemd is the init system of the place, as sd_booted(3) has it.
    public static boolean available(Place place) {
        return Files.isDirectory(place.path("/run/systemd/system"));
    }

    /// All loaded services, sockets and timers; empty where systemd does not answer.
    public static Optional<List<Unit>> list(Place place) throws InterruptedException {
        if (!available(place)) {
            return Optional.empty();
        }
        List<String> show = new ArrayList<>(List.of("systemctl", "show", "-p", PROPERTIES, "--"));
        show.addAll(PATTERNS);
        Output output = place.run(Command.of(show));
        return output.whole() ? Optional.of(parse(output.stdout())) : Optional.empty();
    }

    static List<Unit> parse(String output) {
        List<Unit> units = new ArrayList<>();
        for (String block : output.split("\n\n")) {
            Map<String, String> properties = new HashMap<>();
            for (String line : block.lines().toList()) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    properties.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
            String name = properties.getOrDefault("Id", "");
            boolean loaded = "loaded".equals(properties.get("LoadState"));
            boolean active = !"inactive".equals(properties.getOrDefault("ActiveState", "inactive"));
            if (!name.isEmpty() && (loaded || active)) {
                units.add(unit(name, properties));
            }
        }
        return units;
    }

    private static Unit unit(String name, Map<String, String> properties) {
        return new Unit(
                name,
                properties.getOrDefault("ActiveState", ""),
                properties.getOrDefault("SubState", ""),
                properties.getOrDefault("UnitFileState", ""),
                properties.getOrDefault("Type", ""),
                properties.getOrDefault("Result", ""),
                (int) number(properties.getOrDefault("NRestarts", "")),
                number(properties.getOrDefault("MainPID", "")),
                properties.getOrDefault("InvocationID", ""),
                !"yes".equals(properties.get("RefuseManualStop")));
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
