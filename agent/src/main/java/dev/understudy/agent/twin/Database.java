package dev.understudy.agent.twin;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Proc;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A database server that runs on the host as a systemd unit.
///
/// @param program its command name (`postgres`, `mariadbd` …)
/// @param cgroup the folder of the unit's cgroup in the unified hierarchy, below its mount point
/// @param folders where its data is; none lies in another
record Database(String unit, String program, long pid, String cgroup, List<Path> folders) {
    /// Command names as the kernel has them: cut after 15 characters.
    private static final Set<String> PROGRAMS =
            Set.of(
                    "postgres",
                    "mysqld",
                    "mariadbd",
                    "redis-server",
                    "valkey-server",
                    "mongod",
                    "influxd",
                    "etcd",
                    "slapd",
                    "clickhouse-serv",
                    "couchdb",
                    "neo4j");

    private static final Set<String> WITH_DATA_AS_WORKING_FOLDER =
            Set.of("mysqld", "mariadbd", "redis-server", "valkey-server");

    private static final List<String> NO_DATA =
            List.of("/proc", "/sys", "/dev", "/run", "/tmp", "/var/log", "/var/tmp", "/memfd:");

    private static final int OPEN_FOR_WRITING = 03;

    Database {
        folders = List.copyOf(folders);
    }

    static List<Database> running(Place host) throws IOException {
        List<Database> databases = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        for (Proc.Task task : new Proc(host).tasks()) {
            String program = task.command();
            String unit = task.unit();
            if (PROGRAMS.contains(program) && unit.endsWith(".service") && seen.add(unit)) {
                databases.add(of(task, program, unit));
            }
        }
        return databases;
    }

    /// The size of all its data, in bytes.
    long bytes() throws IOException {
        long bytes = 0;
        for (Path folder : folders) {
            bytes += bytes(folder);
        }
        return bytes;
    }

    private static Database of(Proc.Task task, String program, String unit) throws IOException {
        Set<Path> folders = new TreeSet<>();
        if (program.equals("postgres")) {
            addPostgres(task, folders);
        } else if (WITH_DATA_AS_WORKING_FOLDER.contains(program)) {
            folders.add(Files.readSymbolicLink(task.folder().resolve("cwd")));
        }
        addOpenForWriting(task, folders);
        List<Path> outermost = new ArrayList<>();
        for (Path folder : folders) {
            if (outermost.stream().noneMatch(folder::startsWith)) {
                outermost.add(folder);
            }
        }
        return new Database(unit, program, task.pid(), cgroup(task, unit), outermost);
    }

    private static void addPostgres(Proc.Task task, Set<Path> folders) throws IOException {
        List<String> arguments = task.arguments();
        int option = arguments.indexOf("-D");
        Path data =
                option >= 0 && option + 1 < arguments.size()
                        ? Path.of(arguments.get(option + 1))
                        : Files.readSymbolicLink(task.folder().resolve("cwd"));
        folders.add(data.toRealPath());
        Path log = data.resolve("pg_wal");
        if (Files.isSymbolicLink(log)) {
            folders.add(log.toRealPath());
        }
        Path spaces = data.resolve("pg_tblspc");
        if (Files.isDirectory(spaces)) {
            try (DirectoryStream<Path> links = Files.newDirectoryStream(spaces)) {
                for (Path link : links) {
                    folders.add(link.toRealPath());
                }
            }
        }
    }

    /// The folders of all regular files that the process can write to.
    private static void addOpenForWriting(Proc.Task task, Set<Path> folders) throws IOException {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(task.folder().resolve("fd"))) {
            for (Path descriptor : open) {
                Path file = Files.readSymbolicLink(descriptor);
                if (file.isAbsolute()
                        && NO_DATA.stream().noneMatch(file.toString()::startsWith)
                        && Files.isRegularFile(file)
                        && isWritable(task, descriptor)) {
                    Path parent = file.getParent();
                    if (parent != null) {
                        folders.add(parent);
                    }
                }
            }
        } catch (NoSuchFileException ended) {
            throw new IOException("The database ended while it was looked at", ended);
        }
    }

    private static boolean isWritable(Proc.Task task, Path descriptor) {
        return task.read("fdinfo/" + descriptor.getFileName())
                .map(
                        info ->
                                info.lines()
                                        .filter(line -> line.startsWith("flags:"))
                                        .map(line -> line.substring(6).strip())
                                        .anyMatch(
                                                flags ->
                                                        (Long.parseLong(flags, 8)
                                                                        & OPEN_FOR_WRITING)
                                                                != 0))
                .orElse(false);
    }

    private static String cgroup(Proc.Task task, String unit) {
        for (String line : task.read("cgroup").orElse("").lines().toList()) {
            if (line.startsWith("0::")) {
                String path = line.substring(3);
                int end = path.indexOf("/" + unit);
                return end < 0 ? path : path.substring(0, end + 1 + unit.length());
            }
        }
        return "";
    }

    private static long bytes(Path folder) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        bytes[0] += attributes.size();
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }
                });
        return bytes[0];
    }
}
