package dev.understudy.agent.triage;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.PackageFiles;
import dev.understudy.agent.system.Proc;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes what is evidence into a bundle, the most fleeting first: processes with the hashes of
/// what they run, open files and sockets, kernel modules, what of the packages changed lately, what
/// differs from what the packages shipped, the journal's last day. What there is no time or no room
/// for is left out and told; without processes and sockets there is no bundle.
final class GatherEvidence {
    private static final Duration RECENT = Duration.ofDays(30);
    private static final Duration ONE_COMMAND = Duration.ofMinutes(1);
    private static final String JOURNAL_LINES = "20000";
    private static final long LARGEST_HASHED = 512L << 20;
    private static final List<String> TABLES =
            List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "packet", "unix", "route", "arp");

    private final Place place;
    private final Proc proc;
    private final OrderId order;
    private final Plan plan;
    private final BoundedZip zip;
    private final long end;
    private final List<String> incomplete = new ArrayList<>();

    GatherEvidence(Place place, OrderId order, Plan plan, Duration within, BoundedZip zip) {
        this.place = place;
        this.proc = new Proc(place);
        this.order = order;
        this.plan = plan;
        this.zip = zip;
        this.end = System.nanoTime() + within.toNanos();
    }

    /// @return what is missing, in sentences
    /// @throws IOException if the bundle cannot be written, or what it has to have cannot be read
    List<String> gather() throws IOException, InterruptedException {
        add("host.txt", host());
        List<Proc.Task> tasks = proc.tasks();
        if (tasks.isEmpty()) {
            throw new IOException("no process can be seen");
        }
        add("processes.tsv", processes(tasks));
        add("open-files.tsv", openFiles(tasks));
        add("sockets.txt", sockets());
        Optional<String> modules = proc.read("modules");
        if (modules.isEmpty()) {
            incomplete.add("modules: this kernel lists none");
        }
        add(
                "modules.txt",
                modules.orElse("") + "tainted " + proc.read("sys/kernel/tainted").orElse("?\n"));
        add("changed-files.tsv", changedFiles());
        add("differs-from-package.txt", verify());
        add("journal.txt", journal());
        return incomplete;
    }

    private void add(String name, String text) throws IOException {
        if (!zip.add(name, text)) {
            incomplete.add(name + ": cut, the bundle may not become larger");
        }
    }

    private boolean late() {
        return System.nanoTime() - end >= 0;
    }

    private String host() {
        StringBuilder text = new StringBuilder();
        text.append("taken at ").append(Instant.now()).append('\n');
        text.append("order ").append(order).append('\n');
        text.append("plan ").append(plan.digest()).append('\n');
        plan.changes().forEach(change -> text.append("change ").append(change).append('\n'));
        text.append("boot ").append(proc.read("sys/kernel/random/boot_id").orElse("?\n"));
        text.append("uptime ").append(proc.read("uptime").orElse("?\n"));
        text.append("kernel ").append(proc.read("version").orElse("?\n"));
        text.append("command line ").append(proc.read("cmdline").orElse("?\n"));
        text.append("mounts\n").append(proc.read("self/mounts").orElse("?\n"));
        return text.toString();
    }

    private String processes(List<Proc.Task> tasks) {
        StringBuilder text =
                new StringBuilder("pid\tparent\tuid\tstarted\tunit\tprogram\tsha256\targuments\n");
        Map<String, String> hashes = new HashMap<>();
        for (Proc.Task task : tasks) {
            String status = task.read("status").orElse("");
            String program = link(task.folder().resolve("exe"));
            text.append(task.pid())
                    .append('\t')
                    .append(field(status, "PPid:"))
                    .append('\t')
                    .append(field(status, "Uid:"))
                    .append('\t')
                    .append(started(task))
                    .append('\t')
                    .append(task.unit())
                    .append('\t')
                    .append(clean(program.isEmpty() ? "[" + task.command() + "]" : program))
                    .append('\t')
                    .append(
                            program.isEmpty()
                                    ? ""
                                    : hashes.computeIfAbsent(
                                            program, _ -> hash(task.folder().resolve("exe"))))
                    .append('\t')
                    .append(clean(String.join(" ", task.arguments())))
                    .append('\n');
        }
        if (hashes.containsValue(LATE)) {
            incomplete.add("processes: there was no time to hash every program");
        }
        return text.toString();
    }

    private static final String LATE = "not hashed: no time";

    /// A program is read as the process has it, also where its file was deleted.
    private String hash(Path file) {
        if (late()) {
            return LATE;
        }
        try {
            return Files.size(file) > LARGEST_HASHED ? "too large" : Triages.sha256(file);
        } catch (IOException e) {
            return "unreadable";
        }
    }

    private static String field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split("\\s+")[0])
                .findFirst()
                .orElse("?");
    }

    /// Clock ticks after boot: the 22nd field, counted after the command name in brackets.
    private static String started(Proc.Task task) {
        String stat = task.read("stat").orElse("");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > 19 ? fields[19] : "?";
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException _) {
            return "";
        }
    }

    private static String clean(String text) {
        return text.replaceAll("[\\t\\n\\r\\x00]", " ");
    }

    private String openFiles(List<Proc.Task> tasks) {
        StringBuilder text = new StringBuilder("pid\tdescriptor\tfile\n");
        int unseen = 0;
        for (Proc.Task task : tasks) {
            if (late()) {
                incomplete.add("open files: there was no time for all processes");
                break;
            }
            try (DirectoryStream<Path> open =
                    Files.newDirectoryStream(task.folder().resolve("fd"))) {
                for (Path descriptor : open) {
                    text.append(task.pid())
                            .append('\t')
                            .append(descriptor.getFileName())
                            .append('\t')
                            .append(clean(link(descriptor)))
                            .append('\n');
                }
            } catch (IOException | DirectoryIteratorException _) {
                unseen++;
            }
        }
        if (unseen > 0) {
            incomplete.add(
                    "open files: %d processes ended meanwhile or cannot be seen".formatted(unseen));
        }
        return text.toString();
    }

    private String sockets() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String table : TABLES) {
            Optional<String> lines = proc.net(table);
            if (lines.isEmpty() && table.equals("tcp")) {
                throw new IOException("there is no /proc/net/tcp");
            }
            lines.ifPresent(
                    found -> text.append("/proc/net/").append(table).append('\n').append(found));
        }
        return text.toString();
    }

    private String changedFiles() {
        StringBuilder text =
                new StringBuilder(
                        "package\tpath\tmode\tuid\tgid\tsize\tmodified\tchanged\tsha256\n");
        Instant recent = Instant.now().minus(RECENT);
        for (PackageChange change : plan.changes()) {
            if (change.from() == null) {
                continue;
            }
            try {
                for (String path : PackageFiles.of(place, change.name(), change.architecture())) {
                    if (late()) {
                        incomplete.add("changed files: there was no time for all packages");
                        return text.toString();
                    }
                    changed(change.name(), path, recent).ifPresent(text::append);
                }
            } catch (IOException e) {
                incomplete.add("changed files of %s: %s".formatted(change.name(), e.getMessage()));
            }
        }
        return text.toString();
    }

    private Optional<String> changed(String name, String path, Instant recent) {
        Path file = place.path(path);
        try {
            Map<String, Object> is =
                    Files.readAttributes(
                            file,
                            "unix:mode,uid,gid,size,lastModifiedTime,ctime,isRegularFile",
                            LinkOption.NOFOLLOW_LINKS);
            Instant changed = time(is, "ctime");
            Instant modified = time(is, "lastModifiedTime");
            if (changed.isBefore(recent) && modified.isBefore(recent)) {
                return Optional.empty();
            }
            boolean regular = Boolean.TRUE.equals(is.get("isRegularFile"));
            return Optional.of(
                    "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n"
                            .formatted(
                                    name,
                                    clean(path),
                                    is.get("mode") instanceof Integer mode
                                            ? Integer.toOctalString(mode)
                                            : "?",
                                    is.get("uid"),
                                    is.get("gid"),
                                    is.get("size"),
                                    modified,
                                    changed,
                                    regular ? hash(file) : ""));
        } catch (IOException e) {
            return Optional.of("%s\t%s\tmissing\n".formatted(name, clean(path)));
        }
    }

    private static Instant time(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
    }

    private String verify() throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("dpkg", "--verify"));
        plan.changes().stream()
                .filter(change -> change.from() != null)
                .map(change -> change.name() + suffix(change))
                .forEach(arguments::add);
        if (arguments.size() == 2) {
            return "";
        }
        return run("what differs from the packages", arguments);
    }

    private static String suffix(PackageChange change) {
        return change.architecture().equals("all") ? "" : ":" + change.architecture();
    }

    private String journal() throws InterruptedException {
        return run(
                "journal",
                List.of(
                        "journalctl",
                        "--no-pager",
                        "--output=short-iso-precise",
                        "--since=-24h",
                        "--lines=" + JOURNAL_LINES));
    }

    private String run(String what, List<String> arguments) throws InterruptedException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            incomplete.add(what + ": there was no time");
            return "";
        }
        Duration within = Duration.ofNanos(Math.min(left, ONE_COMMAND.toNanos()));
        Output output = place.run(Command.of(arguments).within(within));
        if (output.timedOut()) {
            incomplete.add(what + ": cut, it took too long");
        } else if (output.truncated()) {
            incomplete.add(what + ": its middle is left out");
        } else if (output.exitCode() == 127) {
            incomplete.add(what + ": there is no " + arguments.getFirst());
        }
        return output.stdout() + output.stderr();
    }
}
