package dev.understudy.agent.twin;

import dev.understudy.agent.checkpoint.UpperLayer;
import dev.understudy.agent.checkpoint.UpperLayers;
import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One twin of the host. It is mounted when it is created, and lives once it is booted; commands
/// run in all of its name spaces and in its cgroup. Its files are reached through the process that
/// keeps its mounts, so nothing of it is ever mounted on the host.
///
/// A [#path(String)] must not lead through an absolute symbolic link of the twin: the kernel would
/// follow it on the host.
public final class Twin implements Place, AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);

    /// Joins the cgroups that the first arguments (their number comes first) name, then runs the
    /// rest.
    private static final String JOIN =
            "n=$1; shift; while [ \"$n\" -gt 0 ]; do echo $$ > \"$1/keeper/cgroup.procs\" || exit"
                    + " 126; shift; n=$((n - 1)); done; exec \"$@\"";

    private final Place host;
    private final Unit unit;
    private final Path folder;
    private final MountPlan plan;
    private final long keeper;
    private final List<String> masked;
    private final List<DatabaseCopy> databases;
    private final List<String> dataFolders;
    private final Duration creation;
    private final Cleanup cleanup;
    private long init;
    private List<String> cgroups = List.of();

    /// What removes all traces of the twin.
    @FunctionalInterface
    interface Cleanup {
        void run() throws TwinException;
    }

    Twin(
            Place host,
            Unit unit,
            Path folder,
            MountPlan plan,
            long keeper,
            List<String> masked,
            List<DatabaseCopy> databases,
            List<String> dataFolders,
            Duration creation,
            Cleanup cleanup) {
        this.host = host;
        this.unit = unit;
        this.folder = folder;
        this.plan = plan;
        this.keeper = keeper;
        this.masked = List.copyOf(masked);
        this.databases = List.copyOf(databases);
        this.dataFolders = List.copyOf(dataFolders);
        this.creation = creation;
        this.cleanup = cleanup;
    }

    /// Boots systemd in the twin and waits until it has started everything or given up on some of
    /// it, at most `limit`.
    public Boot boot(Duration limit) throws TwinException, InterruptedException {
        long start = System.nanoTime();
        long deadline = start + limit.toNanos();
        awaitPipe(deadline);
        // Held open until the other side has read it.
        try (RandomAccessFile go = new RandomAccessFile(folder.resolve("go").toFile(), "rw")) {
            go.write("boot\n".getBytes(StandardCharsets.US_ASCII));
            init = awaitInit(deadline, limit);
        } catch (IOException e) {
            throw new TwinException("The twin is gone: " + unit.said(), e);
        }
        cgroups = readCgroups();
        String state = awaitState(deadline, limit);
        return new Boot(state, Duration.ofNanos(System.nanoTime() - start));
    }

    @Override
    public Output run(Command command) throws InterruptedException {
        if (init == 0) {
            throw new IllegalStateException(
                    "The twin %s is not booted, so nothing can run in it".formatted(unit.name()));
        }
        List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", JOIN, "join"));
        arguments.add(Integer.toString(cgroups.size()));
        arguments.addAll(cgroups);
        arguments.addAll(
                List.of(
                        "nsenter",
                        "--target=" + init,
                        "--mount",
                        "--uts",
                        "--ipc",
                        "--net",
                        "--pid",
                        "--cgroup",
                        "--root",
                        "--wd"));
        arguments.add("--");
        arguments.addAll(command.arguments());
        return host.run(new Command(arguments, command.limit(), command.environment()));
    }

    @Override
    public Path path(String absolute) {
        String root =
                init == 0
                        ? "/proc/%d/root%s".formatted(keeper, folder.resolve("layers/merged"))
                        : "/proc/%d/root".formatted(init);
        return Path.of(root + absolute);
    }

    /// The layers that hold all that was written in the twin.
    public UpperLayers upper() {
        List<UpperLayer> layers = new ArrayList<>();
        List<String> mountPoints = plan.layers();
        for (int n = 0; n < mountPoints.size(); n++) {
            String upper =
                    "/proc/%d/root%s"
                            .formatted(keeper, folder.resolve("layers/%d/upper".formatted(n)));
            layers.add(new UpperLayer(mountPoints.get(n), Path.of(upper)));
        }
        return new UpperLayers(layers);
    }

    /// Units that are masked in this twin and so cannot be judged.
    public List<String> masked() {
        return masked;
    }

    /// What became of each database that runs on the host.
    public List<DatabaseCopy> databases() {
        return databases;
    }

    /// Where the databases have their data.
    public List<String> dataFolders() {
        return dataFolders;
    }

    /// File systems of the host that the twin lacks, in words.
    public List<String> leftOut() {
        return plan.leftOut().stream().map(out -> out.at() + ": " + out.reason()).toList();
    }

    /// What was written on file systems that have no layer, which an undo would not put back. Only
    /// files count.
    public List<String> writtenBesideLayers() throws IOException {
        List<String> written = new ArrayList<>();
        for (String at : plan.copies()) {
            Set<Path> files = filesBelow(path(at));
            files.addAll(filesBelow(host.path(at)));
            for (Path file : files) {
                Path here = path(at).resolve(file);
                Path there = host.path(at).resolve(file);
                boolean same =
                        Files.isRegularFile(here)
                                && Files.isRegularFile(there)
                                && Files.mismatch(here, there) < 0;
                if (!same) {
                    written.add(Path.of(at).resolve(file).toString());
                }
            }
        }
        return written;
    }

    private static Set<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .map(folder::relativize)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /// How long it took to mount the twin, copies of databases not included.
    public Duration creation() {
        return creation;
    }

    /// Bytes of memory or disk that the twin's layers take: what is used of their file system.
    public long bytes() throws IOException {
        String layers = "/proc/%d/root%s".formatted(keeper, folder.resolve("layers"));
        File place = new File(layers);
        long total = place.getTotalSpace();
        if (total == 0) {
            throw new IOException("the size of the twin's layers cannot be read");
        }
        return total - place.getFreeSpace();
    }

    /// How often the kernel killed a process of the twin because its memory was used up; empty
    /// where the host's cgroups cannot tell.
    public Optional<Long> memoryKills() throws IOException {
        for (String cgroup : cgroups) {
            Path events = Path.of(cgroup, "memory.events");
            if (Files.isRegularFile(events)) {
                for (String line : Files.readAllLines(events)) {
                    if (line.startsWith("oom_kill ")) {
                        return Optional.of(Long.parseLong(line.substring(9).strip()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// Ends everything that runs in the twin and removes what it took; verified.
    @Override
    public void close() throws TwinException {
        cleanup.run();
    }

    private void awaitPipe(long deadline) throws TwinException, InterruptedException {
        while (!Files.exists(folder.resolve("go"))) {
            if (System.nanoTime() > deadline) {
                throw new TwinException("The twin does not wait to be booted: " + unit.said());
            }
            Thread.sleep(1);
        }
    }

    private long awaitInit(long deadline, Duration limit)
            throws TwinException, InterruptedException {
        while (true) {
            ProcessHandle holder =
                    ProcessHandle.of(keeper)
                            .orElseThrow(() -> new TwinException("The twin ended as it booted"));
            Optional<ProcessHandle> found =
                    holder.children().flatMap(ProcessHandle::children).findFirst();
            if (found.isPresent() && isInit(found.get().pid())) {
                return found.get().pid();
            }
            if (!holder.isAlive() || System.nanoTime() > deadline) {
                throw new TwinException(
                        "The twin did not start within %d s: %s"
                                .formatted(limit.toSeconds(), unit.said()));
            }
            Thread.sleep(PAUSE);
        }
    }

    private static boolean isInit(long pid) {
        try {
            String name = Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
            return name.equals("systemd") || name.equals("init");
        } catch (IOException ended) {
            return false;
        }
    }

    private List<String> readCgroups() throws TwinException {
        try {
            return Files.readAllLines(folder.resolve("cgroups"));
        } catch (IOException e) {
            throw new TwinException("The twin's cgroup is unknown", e);
        }
    }

    private String awaitState(long deadline, Duration limit)
            throws TwinException, InterruptedException {
        while (true) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                throw new TwinException(
                        "The twin's services did not come up within %d s"
                                .formatted(limit.toSeconds()));
            }
            Output output =
                    run(Command.of("systemctl", "is-system-running", "--wait").within(left));
            String state = output.stdout().strip();
            if (state.equals("running") || state.equals("degraded")) {
                return state;
            }
            if (!ProcessHandle.of(keeper).map(ProcessHandle::isAlive).orElse(false)) {
                throw new TwinException("The twin ended while it booted: " + unit.said());
            }
            Thread.sleep(PAUSE);
        }
    }
}
