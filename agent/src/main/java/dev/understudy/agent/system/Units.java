package dev.understudy.agent.system;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.log.Log;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The systemd units of a place, by their properties (`systemctl show` is the same on every
/// version; the tables are not).
public final class Units {
    private static final List<String> PATTERNS = List.of("*.service", "*.socket", "*.timer");
    private static final String PROPERTIES =
            "Id,LoadState,ActiveState,SubState,UnitFileState,Type,RemainAfterExit,Result,"
                    + "NRestarts,MainPID,InvocationID,RefuseManualStop,TriggeredBy,BusName";

    private static final Set<String> ACTIVE_STATES =
            Set.of(
                    "active",
                    "reloading",
                    "refreshing",
                    "inactive",
                    "failed",
                    "activating",
                    "deactivating",
                    "maintenance");

    private static final Pattern AGENTS_JOB =
            Pattern.compile("[0-9]+ +understudy-agent[^ ]* +[a-z-]+ +[a-z]+");

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
        return show(place, List.of("--all"), PATTERNS);
    }

    /// The loaded units of these names; empty where systemd does not answer.
    public static Optional<List<Unit>> list(Place place, Collection<String> names)
            throws InterruptedException {
        return names.isEmpty() && available(place)
                ? Optional.of(List.of())
                : show(place, List.of("--all"), names);
    }

    /// The services, sockets and timers that are not at rest, and these others however they are;
    /// empty where systemd does not answer. To tell the properties of all the units at rest takes
    /// systemd three times as long.
    public static Optional<List<Unit>> awake(Place place, Collection<String> others)
            throws InterruptedException {
        List<String> names = new ArrayList<>(PATTERNS);
        names.addAll(others);
        return show(place, List.of(), names);
    }

    private static Optional<List<Unit>> show(
            Place place, List<String> options, Collection<String> names)
            throws InterruptedException {
        if (!available(place)) {
            return Optional.empty();
        }
        List<String> show = new ArrayList<>(List.of("systemctl", "show"));
        show.addAll(options);
        show.addAll(List.of("-p", PROPERTIES, "--"));
        show.addAll(names);
        Output output = place.run(Command.of(show));
        if (!output.whole()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(output.stdout()));
        } catch (IllegalArgumentException e) {
            Log.error("systemctl show cannot be read: %s", e.getMessage());
            return Optional.empty();
        }
    }

    /// Waits until systemd has nothing left to start or stop, or `limit` is over. The agent's own
    /// units do not count: a one-shot is being started for as long as it runs.
    ///
    /// @return whether it came to rest
    public static boolean settle(Place place, Duration limit) throws InterruptedException {
        if (!available(place)) {
            return true;
        }
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Output jobs = place.run(Command.of("systemctl", "show", "--value", "-p", "NJobs"));
            boolean none = jobs.succeeded() && jobs.stdout().strip().equals("0");
            if (none || (jobs.succeeded() && onlyAgentsJobs(place))) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    /// Lines such as `812 understudy-agent-once.service start running`.
    private static boolean onlyAgentsJobs(Place place) throws InterruptedException {
        Output jobs = place.run(Command.of("systemctl", "list-jobs", "--plain", "--no-legend"));
        return jobs.whole()
                && jobs.stdout().lines().map(String::strip).allMatch(AGENTS_JOB.asMatchPredicate());
    }

    /// @throws IllegalArgumentException if a unit's state cannot be told, naming what was said of
    ///   it: a unit that was left out would look like one that did not fail
    static List<Unit> parse(String output) {
        if (!output.endsWith("\n")) {
            throw new IllegalArgumentException("the output is empty or cut off");
        }
        Map<String, Unit> units = new LinkedHashMap<>();
        for (String block : output.split("\n\n")) {
            Map<String, String> properties = new HashMap<>();
            for (String line : block.lines().toList()) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    properties.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
            String name = properties.getOrDefault("Id", "");
            String load = properties.getOrDefault("LoadState", "");
            String state = properties.getOrDefault("ActiveState", "");
            if (name.isEmpty() || load.isEmpty() || !ACTIVE_STATES.contains(state)) {
                throw new IllegalArgumentException("'%s' is no unit".formatted(block));
            }
            if (load.equals("loaded") || !state.equals("inactive")) {
                units.put(name, unit(name, properties));
            }
        }
        return List.copyOf(units.values());
    }

    private static Unit unit(String name, Map<String, String> properties) {
        return new Unit(
                name,
                properties.getOrDefault("ActiveState", ""),
                properties.getOrDefault("SubState", ""),
                properties.getOrDefault("UnitFileState", ""),
                properties.getOrDefault("Type", ""),
                properties.getOrDefault("Result", ""),
                number(properties, "NRestarts"),
                number(properties, "MainPID"),
                properties.getOrDefault("InvocationID", ""),
                !"yes".equals(properties.get("RefuseManualStop")),
                !properties.getOrDefault("TriggeredBy", "").isEmpty()
                        || !properties.getOrDefault("BusName", "").isEmpty());
    }

    /// 0 where the unit has no such property.
    private static int number(Map<String, String> properties, String name) {
        String text = properties.getOrDefault(name, "0");
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("%s is '%s'".formatted(name, text));
        }
        return Integer.parseInt(text);
    }
}
