package dev.understudy.agent.system;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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
                    + "NRestarts,MainPID,InvocationID,RefuseManualStop,TriggeredBy,BusName";

    private static final long LOOK_AGAIN_MILLIS = 200;

    private Units() {}

    /// One loaded unit.
    ///
    /// @param enablement `enabled`, `disabled`, `static` …; empty for generated and transient units
    /// @param restarts how often systemd has restarted it by itself since it was last started
    /// @param mainPid 0 where it has no main process
    /// @param invocation changes at every start
    /// @param onDemand whether something else starts it when needed, so that it may end by itself
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
            boolean restartable,
            boolean onDemand) {
        public boolean failed() {
            return active.equals("failed");
        }

        /// Made by a login or a one-time command: it comes and goes, and says nothing of the host.
        public boolean passing() {
            return name.startsWith("user@")
                    || name.startsWith("user-runtime-dir@")
                    || name.startsWith("run-")
                    || name.startsWith("understudy-twin");
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
        return list(place, PATTERNS);
    }

    /// The loaded units of these names; empty where systemd does not answer.
    public static Optional<List<Unit>> list(Place place, Collection<String> names)
            throws InterruptedException {
        if (!available(place)) {
            return Optional.empty();
        }
        if (names.isEmpty()) {
            return Optional.of(List.of());
        }
        List<String> show =
                new ArrayList<>(List.of("systemctl", "show", "--all", "-p", PROPERTIES, "--"));
        show.addAll(names);
        Output output = place.run(Command.of(show));
        return output.whole() ? Optional.of(parse(output.stdout())) : Optional.empty();
    }

    /// Waits until systemd has nothing left to start or stop, or `limit` is over.
    ///
    /// @return whether it came to rest
    public static boolean settle(Place place, Duration limit) throws InterruptedException {
        if (!available(place)) {
            return true;
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Output jobs = place.run(Command.of("systemctl", "show", "--value", "-p", "NJobs"));
            if (jobs.succeeded() && jobs.stdout().strip().equals("0")) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
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
                !"yes".equals(properties.get("RefuseManualStop")),
                !properties.getOrDefault("TriggeredBy", "").isEmpty()
                        || !properties.getOrDefault("BusName", "").isEmpty());
    }

    private static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
