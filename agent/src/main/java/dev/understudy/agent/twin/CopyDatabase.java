package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.twin.DatabaseCopy.Copied;
import dev.understudy.agent.twin.DatabaseCopy.NotCopied;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Gives a twin that is not booted yet a consistent copy of a running database: PostgreSQL's own
/// base backup where it can be had, otherwise a copy of the files while the server's cgroup stands
/// still for a moment.
final class CopyDatabase {
    /// What a copy is expected to reach at least; a database too large to be copied in the longest
    /// pause is not paused at all.
    private static final long BYTES_PER_SECOND = 400L << 20;

    private static final Duration BACKUP_LIMIT = Duration.ofMinutes(10);

    private final Place host;
    private final Path folder;
    private final Path frozen;
    private final long keeper;
    private final Duration longestPause;
    private int copies;

    /// @param folder the twin's folder, `frozen` the folder where frozen cgroups are written down
    CopyDatabase(Place host, Path folder, Path frozen, long keeper, Duration longestPause) {
        this.host = host;
        this.folder = folder;
        this.frozen = frozen;
        this.keeper = keeper;
        this.longestPause = longestPause;
    }

    DatabaseCopy copy(Database database) throws InterruptedException {
        long start = System.nanoTime();
        try {
            long bytes = database.bytes();
            if (database.folders().stream().anyMatch(data -> data.getNameCount() < 3)) {
                return new NotCopied(
                        database.unit(), "its data folder is too general: " + database.folders());
            }
            String because = "";
            if (database.program().equals("postgres") && database.folders().size() == 1) {
                Output backup = baseBackup(database);
                if (backup.succeeded()) {
                    return new Copied(
                            database.unit(), "pg_basebackup", bytes, since(start), Duration.ZERO);
                }
                because = "pg_basebackup failed: " + backup.tail() + "; ";
            }
            return frozenCopy(database, bytes, because, start);
        } catch (IOException | RuntimeException e) {
            return new NotCopied(database.unit(), e.toString());
        }
    }

    private Output baseBackup(Database database) throws IOException, InterruptedException {
        Path data = database.folders().getFirst();
        Postmaster postmaster = Postmaster.parse(Files.readString(data.resolve("postmaster.pid")));
        Path program = Path.of("/proc/" + database.pid() + "/exe").toRealPath();
        String user = Files.getAttribute(data, "unix:uid").toString();
        String group = Files.getAttribute(data, "unix:gid").toString();
        Path copy = newCopy(data);
        Output backup =
                host.run(
                        inside(
                                List.of(
                                        "setpriv",
                                        "--reuid=" + user,
                                        "--regid=" + group,
                                        "--clear-groups",
                                        program.resolveSibling("pg_basebackup").toString(),
                                        "--host=" + postmaster.host(),
                                        "--port=" + postmaster.port(),
                                        "--checkpoint=fast",
                                        "--wal-method=stream",
                                        "--no-password",
                                        "--no-sync",
                                        "--pgdata=" + copy),
                                BACKUP_LIMIT));
        if (!backup.succeeded()) {
            return backup;
        }
        return show(copy, data);
    }

    private DatabaseCopy frozenCopy(Database database, long bytes, String because, long start)
            throws IOException, InterruptedException {
        String unit = database.unit();
        Path cgroup = Freezer.folder(database.cgroup());
        if (database.cgroup().isEmpty() || !Files.exists(cgroup.resolve("cgroup.freeze"))) {
            return new NotCopied(unit, because + "its cgroup cannot be frozen on this host");
        }
        if (bytes / BYTES_PER_SECOND > longestPause.toSeconds()) {
            return new NotCopied(
                    unit,
                    "%sa copy of its %d MiB would pause it for longer than %d s"
                            .formatted(because, bytes >> 20, longestPause.toSeconds()));
        }
        List<String> list = new ArrayList<>();
        List<Path> targets = new ArrayList<>();
        for (Path data : database.folders()) {
            Path copy = newCopy(data);
            targets.add(copy);
            list.add(data.toString());
            list.add(copy.toString());
        }
        Path pause = folder.resolve("pause-" + copies);
        Files.write(folder.resolve("copy-" + copies), list);
        Path record = frozen.resolve(folder.getFileName() + "-" + copies);
        write(record, cgroup.toString());
        Output output = host.run(freezing(cgroup, folder.resolve("copy-" + copies), pause));
        Freezer.thaw(cgroup);
        Files.deleteIfExists(record);
        if (!output.succeeded() || !Files.exists(pause)) {
            return new NotCopied(
                    unit,
                    "%sthe copy failed or took longer than %d s: %s"
                            .formatted(because, longestPause.toSeconds(), output.tail()));
        }
        for (int n = 0; n < targets.size(); n++) {
            Output shown = show(targets.get(n), database.folders().get(n));
            if (!shown.succeeded()) {
                return new NotCopied(unit, because + shown.tail());
            }
        }
        return new Copied(unit, "frozen copy", bytes, since(start), pause(Files.readString(pause)));
    }

    /// For how long the database stood still, in nanoseconds.
    static Duration pause(String said) throws IOException {
        if (!said.strip().matches("[0-9]{1,18}")) {
            throw new IOException(
                    "the copy says that it paused the database for '%s'".formatted(said));
        }
        return Duration.ofNanos(Long.parseLong(said.strip()));
    }

    /// systemd thaws the cgroup again when the copy ends, in whatever way, also without the agent.
    private Command freezing(Path cgroup, Path list, Path pause) {
        return Command.of(
                        "systemd-run",
                        "--quiet",
                        "--collect",
                        "--wait",
                        "--unit=understudy-copy-" + folder.getFileName() + "-" + copies,
                        "--description=Consistent copy of a database for a rehearsal",
                        "--property=RuntimeMaxSec=" + Math.max(1, longestPause.toSeconds()),
                        "--property=TimeoutStopSec=1s",
                        "--property=KillSignal=SIGKILL",
                        "--property=ExecStopPost=/bin/sh -c 'echo 0 > \"%s/cgroup.freeze\"'"
                                .formatted(specifierFree(cgroup.toString())),
                        "--",
                        "nsenter",
                        "--target=" + keeper,
                        "--mount",
                        "--",
                        "/bin/sh",
                        folder.resolve("copy.sh").toString(),
                        cgroup.toString(),
                        list.toString(),
                        pause.toString())
                .within(longestPause.plusSeconds(10));
    }

    /// Escapes what systemd would expand in a command line.
    private static String specifierFree(String text) {
        return text.replace("%", "%%").replace("$", "$$").replace("\\", "\\\\\\\\");
    }

    /// An empty folder for a copy, owned as the original is.
    private Path newCopy(Path original) throws IOException {
        Path place = folder.resolve("layers/copies").resolve(Integer.toString(copies++));
        Path seenFromHere = Path.of("/proc/" + keeper + "/root" + place);
        Files.createDirectories(
                seenFromHere,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        for (String attribute : List.of("unix:uid", "unix:gid", "unix:mode")) {
            Files.setAttribute(seenFromHere, attribute, Files.getAttribute(original, attribute));
        }
        return place;
    }

    /// Makes the copy appear in the twin where the original is on the host.
    private Output show(Path copy, Path original) throws InterruptedException {
        return host.run(
                inside(
                        List.of(
                                "mount",
                                "--bind",
                                copy.toString(),
                                folder.resolve("layers/merged") + original.toString()),
                        Duration.ofSeconds(10)));
    }

    private Command inside(List<String> arguments, Duration limit) {
        List<String> all =
                new ArrayList<>(List.of("nsenter", "--target=" + keeper, "--mount", "--"));
        all.addAll(arguments);
        return Command.of(all).within(limit);
    }

    private static void write(Path record, String text) throws IOException {
        Files.createDirectories(record.getParent());
        try (FileChannel channel =
                FileChannel.open(
                        record,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
