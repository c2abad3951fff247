package dev.understudy.agent.system;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.exec.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// An overlay of this machine's root in which systemd runs, with a network of its own and only the
/// services that the test writes.
public final class BootedHost implements Place {
    private final Path folder;
    private final Path root;
    private final Process container;
    private final long leader;

    /// Why none can be had here; empty if one can.
    public static String unavailable() throws IOException {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "needs root to boot systemd in a container";
        }
        for (String program : List.of("/usr/bin/systemd-nspawn", "/lib/systemd/systemd")) {
            if (Files.notExists(Path.of(program))) {
                return "needs " + program;
            }
        }
        return Files.readString(Path.of("/proc/filesystems")).contains("\toverlay")
                ? ""
                : "needs overlayfs";
    }

    /// @param services unit name to the content of its file; all of them are started
    public BootedHost(Path folder, Map<String, String> services)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.root = folder.resolve("root");
        for (String name : List.of("root", "upper", "work")) {
            Files.createDirectories(folder.resolve(name));
        }
        outside(
                "mount",
                "-t",
                "overlay",
                "overlay",
                "-o",
                "lowerdir=/,upperdir=%s,workdir=%s"
                        .formatted(folder.resolve("upper"), folder.resolve("work")),
                root.toString());
        StringBuilder target = new StringBuilder("[Unit]\nRequires=basic.target\n");
        target.append("After=basic.target\nAllowIsolate=yes\n");
        for (Map.Entry<String, String> service : services.entrySet()) {
            Files.writeString(
                    root.resolve("etc/systemd/system/" + service.getKey()), service.getValue());
            target.append("Wants=").append(service.getKey()).append('\n');
        }
        Files.writeString(root.resolve("etc/systemd/system/probe.target"), target);
        // It would empty /tmp, where the classes under test may lie.
        Files.createSymbolicLink(
                root.resolve("etc/systemd/system/systemd-tmpfiles-setup.service"),
                Path.of("/dev/null"));
        ProcessBuilder nspawn =
                new ProcessBuilder(
                        "setsid",
                        "systemd-nspawn",
                        "-q",
                        "-D",
                        root.toString(),
                        "-M",
                        "probe-" + ProcessHandle.current().pid(),
                        "--register=no",
                        "--keep-unit",
                        "--boot",
                        "--private-network",
                        "--console=pipe",
                        "--resolv-conf=off",
                        "--timezone=off",
                        "--link-journal=no",
                        "systemd.unit=probe.target");
        nspawn.environment().put("SYSTEMD_NSPAWN_TMPFS_TMP", "0");
        nspawn.redirectInput(Path.of("/dev/null").toFile());
        nspawn.redirectErrorStream(true).redirectOutput(folder.resolve("console").toFile());
        this.container = nspawn.start();
        this.leader = leader();
    }

    private long leader() throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 300; attempt++) {
            for (ProcessHandle child : container.descendants().toList()) {
                Path comm = Path.of("/proc", Long.toString(child.pid()), "comm");
                boolean init =
                        Files.exists(comm) && Files.readString(comm).strip().equals("systemd");
                Path booted =
                        Path.of("/proc", Long.toString(child.pid()), "root/run/systemd/system");
                if (init && child.parent().isPresent() && Files.isDirectory(booted)) {
                    return child.pid();
                }
            }
            Thread.sleep(100);
        }
        remove();
        throw new IOException(
                "systemd did not come up: " + Files.readString(folder.resolve("console")));
    }

    @Override
    public Output run(Command command) throws InterruptedException {
        List<String> argv =
                new ArrayList<>(
                        List.of(
                                "nsenter",
                                "-t",
                                Long.toString(leader),
                                "-m",
                                "-u",
                                "-i",
                                "-n",
                                "-p",
                                "-r",
                                "-w",
                                "--"));
        argv.addAll(command.arguments());
        return Processes.run(argv, command);
    }

    @Override
    public Path path(String absolute) {
        return Path.of("/proc", Long.toString(leader), "root").resolve(absolute.substring(1));
    }

    /// Ends it and removes what it wrote.
    public void remove() throws IOException, InterruptedException {
        container.descendants().forEach(ProcessHandle::destroyForcibly);
        container.destroyForcibly().waitFor();
        outside("umount", "-l", root.toString());
        for (String gone : List.of("upper", "work")) {
            try (var files = Files.walk(folder.resolve(gone))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void outside(String... command) throws InterruptedException {
        Output output =
                Processes.run(List.of(command), Command.of(command).within(Duration.ofSeconds(30)));
        if (!output.succeeded()) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output.tail());
        }
    }
}
