package dev.understudy.agent.effect;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Proc;
import dev.understudy.protocol.StaleProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Processes that run code that is no longer what lies on disk. What a process has mapped
/// (`/proc/P/map_files`) is compared with what is now at that path as the process sees it
/// (`/proc/P/root`): unlike the "(deleted)" mark this also holds on overlay file systems, where the
/// old file stays in a lower layer.
public final class StaleProcesses {
    private static final String GONE = " (deleted)";
    private static final String GONE_IN_URI = "%20(deleted)";

    /// Stands for bytes that are no UTF-8.
    private static final char NOT_TEXT = '\ufffd';

    private static final List<String> NOT_FILES =
            List.of("/dev/", "/memfd:", "/SYSV", "/[", "/anon_hugepage", "/i915", "/drm");
    private static final Set<String> INTERPRETERS =
            Set.of("python", "perl", "ruby", "node", "nodejs", "php", "bash", "sh", "dash");

    private final Proc proc;
    private final List<String> limits = new ArrayList<>();
    private final List<String> unexamined = new ArrayList<>();
    private final Map<String, Boolean> verdicts = new HashMap<>();

    /// One process with what makes it stale.
    public record Found(long pid, StaleProcess process) {}

    public StaleProcesses(Place place) {
        this.proc = new Proc(place);
    }

    public List<StaleProcess> find() {
        return processes().stream().map(Found::process).distinct().sorted().toList();
    }

    /// As [#find()], with the pid of each process.
    public List<Found> processes() {
        limits.clear();
        unexamined.clear();
        verdicts.clear();
        Optional<Instant> boot = proc.read("stat").flatMap(StaleProcesses::bootTime);
        if (boot.isEmpty()) {
            limits.add(
                    "/proc/stat does not tell when the host booted: scripts that were replaced"
                            + " are not found.");
        }
        List<Found> found = new ArrayList<>();
        for (Proc.Task task : proc.tasks()) {
            Optional<String> maps = task.read("maps");
            // Kernel threads and processes that have ended have no arguments either.
            if (maps.isEmpty() && !task.arguments().isEmpty()) {
                unexamined.add(name(task));
            }
            List<String> files = new ArrayList<>();
            try {
                maps.ifPresent(text -> files.addAll(replaced(task, text)));
            } catch (IllegalArgumentException e) {
                unexamined.add("%s (%s)".formatted(name(task), e.getMessage()));
            }
            if (files.isEmpty()) {
                script(task, boot).ifPresent(files::add);
            }
            if (!files.isEmpty()) {
                found.add(
                        new Found(
                                task.pid(), new StaleProcess(task.command(), task.unit(), files)));
            }
        }
        if (!unexamined.isEmpty()) {
            limits.add(
                    "%d processes could not be examined for replaced files, such as %s."
                            .formatted(unexamined.size(), unexamined.getFirst()));
        }
        return found;
    }

    private static String name(Proc.Task task) {
        return "%s with pid %d".formatted(task.command(), task.pid());
    }

    /// The processes that the last search could not look into: whether they run old files is not
    /// known.
    public List<String> unexamined() {
        return List.copyOf(unexamined);
    }

    /// What the last search could not see, in sentences.
    public List<String> limits() {
        return List.copyOf(limits);
    }

    private List<String> replaced(Proc.Task task, String maps) {
        return executableMappings(maps).stream()
                .filter(mapping -> isReplaced(task, mapping))
                .map(mapping -> withoutMark(mapping.path()))
                .distinct()
                .toList();
    }

    /// One line of `maps`: the path, the device and inode, and its address range.
    ///
    /// @param path as text, in which the bytes of a name that are no UTF-8 are lost
    record Mapping(String path, String identity, String range) {}

    private static final Pattern MAPPING =
            Pattern.compile(
                    "[0-9a-f]{1,16}-[0-9a-f]{1,16} [r-][w-][x-][sp] [0-9a-f]{1,16}"
                            + " [0-9a-f]{1,8}:[0-9a-f]{1,8} [0-9]{1,20}(?: .*)?",
                    Pattern.DOTALL);

    /// Lines such as `7f12-7f34 r-xp 00028000 fe:00 1234 /usr/lib/libc.so.6`, one for each file.
    ///
    /// @throws IllegalArgumentException if a line is not one, naming it
    static List<Mapping> executableMappings(String maps) {
        Map<String, Mapping> byFile = new LinkedHashMap<>();
        // The kernel escapes the line feeds of file names and nothing else.
        for (String line : maps.isEmpty() ? new String[0] : maps.split("\n")) {
            if (!MAPPING.matcher(line).matches()) {
                throw new IllegalArgumentException("'%s' is no mapping".formatted(line));
            }
            String[] fields = line.split(" +", 6);
            boolean file =
                    fields.length == 6
                            && fields[1].indexOf('x') >= 0
                            && fields[5].startsWith("/")
                            && NOT_FILES.stream().noneMatch(fields[5]::startsWith);
            if (file) {
                String identity = fields[3] + " " + fields[4];
                byFile.putIfAbsent(
                        identity + " " + fields[5], new Mapping(fields[5], identity, fields[0]));
            }
        }
        return List.copyOf(byFile.values());
    }

    private boolean isReplaced(Proc.Task task, Mapping mapping) {
        String namespace = mountNamespace(task);
        String seenBy = namespace.isEmpty() ? Long.toString(task.pid()) : namespace;
        return verdicts.computeIfAbsent(
                seenBy + " " + mapping.identity() + " " + mapping.path(),
                _ -> compare(task, mapping));
    }

    private boolean compare(Proc.Task task, Mapping mapping) {
        Path mapped = task.folder().resolve("map_files").resolve(shortened(mapping.range()));
        try {
            return compare(mapped, now(task, mapping.path(), mapped));
        } catch (NoSuchFileException e) {
            // The mapping or the process has gone since.
            return false;
        } catch (IOException e) {
            // Not allowed to look into the mapping: only the kernel's own mark is left.
            limit(
                    "Mapped files could not be compared (no CAP_SYS_ADMIN): replaced files are"
                            + " found by the kernel's mark only, which overlay file systems hide.");
            return mapping.path().endsWith(GONE);
        }
    }

    /// What is at the path of a mapped file now, as the process sees it.
    private static Path now(Proc.Task task, String path, Path mapped) throws IOException {
        Path root = task.folder().resolve("root");
        if (path.indexOf(NOT_TEXT) < 0 && path.indexOf('\\') < 0) {
            try {
                return root.resolve(withoutMark(path).substring(1));
            } catch (InvalidPathException _) {
                // The locale cannot spell it.
                return exactly(root, mapped);
            }
        }
        return exactly(root, mapped);
    }

    /// As the kernel's own link names it, byte by byte, which a URI can spell.
    private static Path exactly(Path root, Path mapped) throws IOException {
        String name = Files.readSymbolicLink(mapped).toUri().getRawPath();
        String plain =
                name.endsWith(GONE_IN_URI)
                        ? name.substring(0, name.length() - GONE_IN_URI.length())
                        : name;
        Path absolute = Path.of(URI.create("file://" + plain));
        return root.resolve(Path.of("/").relativize(absolute));
    }

    private void limit(String sentence) {
        if (!limits.contains(sentence)) {
            limits.add(sentence);
        }
    }

    private static boolean compare(Path mapped, Path now) throws IOException {
        try {
            Map<String, Object> old = Files.readAttributes(mapped, "unix:dev,ino,size,ctime");
            Map<String, Object> current = Files.readAttributes(now, "unix:dev,ino,size,ctime");
            if (same(old, current, "ino") && same(old, current, "dev")) {
                return false;
            }
            return !same(old, current, "size") || Files.mismatch(mapped, now) != -1;
        } catch (NoSuchFileException e) {
            // Either the file was removed from disk, or the mapping or process has gone since.
            return Files.exists(mapped) && Files.notExists(now);
        }
    }

    private static boolean same(Map<String, Object> a, Map<String, Object> b, String attribute) {
        return Objects.equals(a.get(attribute), b.get(attribute));
    }

    /// The script of an interpreted service that was replaced after the process started.
    private Optional<String> script(Proc.Task task, Optional<Instant> boot) {
        List<String> arguments = task.arguments();
        if (arguments.size() < 2 || !task.unit().endsWith(".service")) {
            return Optional.empty();
        }
        // Whoever started the process chose this text: it need not be a path.
        String first = arguments.getFirst();
        String program = first.substring(first.lastIndexOf('/') + 1);
        if (!INTERPRETERS.contains(program.replaceFirst("[0-9.]+$", ""))) {
            return Optional.empty();
        }
        return arguments.stream()
                .skip(1)
                .filter(argument -> !argument.startsWith("-"))
                .findFirst()
                .filter(script -> script.startsWith("/"))
                .filter(script -> changedSinceStart(task, script, boot));
    }

    private static boolean changedSinceStart(
            Proc.Task task, String script, Optional<Instant> boot) {
        Optional<Instant> started =
                boot.flatMap(at -> task.read("stat").flatMap(stat -> started(stat, at)));
        try {
            Path file = task.folder().resolve("root" + script);
            Object changed = Files.getAttribute(file, "unix:ctime");
            return started.isPresent()
                    && ((java.nio.file.attribute.FileTime) changed)
                            .toInstant()
                            .isAfter(started.get().plusSeconds(1));
        } catch (IOException | InvalidPathException _) {
            return false;
        }
    }

    /// Start time from field 22 of `stat`, in hundredths of a second since boot.
    static Optional<Instant> started(String stat, Instant boot) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > 19 && fields[19].matches("[0-9]{1,15}")
                ? Optional.of(boot.plusMillis(Long.parseLong(fields[19]) * 10))
                : Optional.empty();
    }

    /// From the line `btime 1764100000` of `/proc/stat`.
    static Optional<Instant> bootTime(String stat) {
        return stat.lines()
                .filter(line -> line.startsWith("btime "))
                .findFirst()
                .filter(line -> line.matches("btime [0-9]{1,11}"))
                .map(line -> Instant.ofEpochSecond(Long.parseLong(line.substring(6))));
    }

    private static String mountNamespace(Proc.Task task) {
        try {
            return Files.readSymbolicLink(task.folder().resolve("ns/mnt")).toString();
        } catch (IOException _) {
            return "";
        }
    }

    /// map_files has the addresses without leading zeros.
    private static String shortened(String range) {
        String[] ends = range.split("-");
        return ends[0].replaceFirst("^0+(?=.)", "") + "-" + ends[1].replaceFirst("^0+(?=.)", "");
    }

    private static String withoutMark(String path) {
        return path.endsWith(GONE) ? path.substring(0, path.length() - GONE.length()) : path;
    }
}
