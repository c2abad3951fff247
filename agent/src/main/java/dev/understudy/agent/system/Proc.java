package dev.understudy.agent.system;

import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The `/proc` of a place, with the processes of that place only: those of containers and twins
/// below it, which have pid namespaces of their own, are left out.
public final class Proc {
    private final Path root;

    public Proc(Place place) {
        this.root = place.path("/proc");
    }

    /// One process, by its pid as this `/proc` has it.
    public record Task(Path folder, long pid) {
        /// The command name, up to 15 characters; empty once the process has ended.
        public String command() {
            return read("comm").map(String::strip).orElse("");
        }

        /// The arguments it was started with; empty for kernel threads and ended processes.
        public List<String> arguments() {
            return read("cmdline")
                    .filter(line -> !line.isEmpty())
                    .map(line -> List.of(line.split("\0")))
                    .orElse(List.of());
        }

        /// The systemd unit that it belongs to; empty outside of any.
        public String unit() {
            return read("cgroup").map(Task::unitOf).orElse("");
        }

        /// The innermost service or scope of the cgroup that systemd keeps.
        public static String unitOf(String cgroups) {
            for (String line : cgroups.lines().toList()) {
                String[] fields = line.split(":", 3);
                if (fields.length == 3
                        && (fields[1].isEmpty() || fields[1].equals("name=systemd"))) {
                    String[] parts = fields[2].split("/");
                    for (int i = parts.length - 1; i >= 0; i--) {
                        if (parts[i].endsWith(".service") || parts[i].endsWith(".scope")) {
                            return parts[i];
                        }
                    }
                }
            }
            return "";
        }

        /// Contents of one of its files; empty if it has ended or may not be read.
        public Optional<String> read(String file) {
            try {
                return Optional.of(
                        new String(
                                Files.readAllBytes(folder.resolve(file)), StandardCharsets.UTF_8));
            } catch (IOException _) {
                return Optional.empty();
            }
        }
    }

    /// Every process of the place, the lowest pid first.
    public List<Task> tasks() {
        Optional<Path> own = namespace("1").or(() -> namespace("self"));
        List<Task> tasks = new ArrayList<>();
        try (var folders = Files.newDirectoryStream(root, "[0-9]*")) {
            for (Path folder : folders) {
                String pid = folder.getFileName().toString();
                Optional<Path> namespace = namespace(pid);
                if (namespace.isEmpty() || own.isEmpty() || namespace.equals(own)) {
                    tasks.add(new Task(folder, Long.parseLong(pid)));
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw new IllegalStateException(root + " cannot be listed", e);
        }
        tasks.sort((a, b) -> Long.compare(a.pid(), b.pid()));
        return tasks;
    }

    /// A file of `/proc/net` in the network namespace of the place; empty if there is none, as
    /// where the kernel has no IPv6.
    ///
    /// @throws IOException if it is there and cannot be read
    public Optional<String> net(String name) throws IOException {
        Path own = root.resolve("self/net").resolve(name);
        Path first = root.resolve("1/net").resolve(name);
        try {
            return Optional.of(Files.readString(Files.isReadable(own) ? own : first));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// A file directly in `/proc` or below it; empty if there is none.
    public Optional<String> read(String name) {
        try {
            return Optional.of(Files.readString(root.resolve(name)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private Optional<Path> namespace(String pid) {
        try {
            return Optional.of(Files.readSymbolicLink(root.resolve(pid).resolve("ns/pid")));
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
