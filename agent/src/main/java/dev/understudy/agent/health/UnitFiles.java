package dev.understudy.agent.health;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Proc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which packages stand behind a systemd unit: whose unit file it is, and whose files it runs. What
/// cannot be found out is left out; nobody is accused for want of an answer.
public final class UnitFiles {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern PROGRAM = Pattern.compile("path=([^ ;]+)");
    private static final Pattern EXECUTABLE =
            Pattern.compile("(?m)^\\S+ \\S*x\\S* \\S+ \\S+ \\S+ +(/\\S.*?)(?: \\(deleted\\))?$");

    /// Folders that were joined into `/usr`: dpkg may know a file below by either path.
    private static final Pattern JOINED =
            Pattern.compile("(?:/usr)?(/(?:s?bin|lib(?:32|64|x32)?)/.*)");

    private final Place place;

    public UnitFiles(Place place) {
        this.place = place;
    }

    /// The packages whose unit file it is, and those whose programs and libraries it runs.
    public record Packages(Set<String> owners, Set<String> used) {
        public Packages {
            owners = Set.copyOf(owners);
            used = Set.copyOf(used);
        }
    }

    public Packages of(String unit) throws InterruptedException {
        Output shown =
                place.run(
                        Command.of(
                                        "systemctl",
                                        "show",
                                        "--property=FragmentPath",
                                        "--property=SourcePath",
                                        "--property=ExecStart",
                                        "--",
                                        unit)
                                .within(LIMIT));
        Set<String> files = new TreeSet<>();
        Set<String> programs = new TreeSet<>();
        for (String line : shown.stdout().lines().toList()) {
            if (line.startsWith("FragmentPath=/") || line.startsWith("SourcePath=/")) {
                files.add(line.substring(line.indexOf('=') + 1));
            } else if (line.startsWith("ExecStart=")) {
                Matcher program = PROGRAM.matcher(line);
                while (program.find()) {
                    programs.add(program.group(1));
                }
            }
        }
        new Proc(place)
                .tasks().stream()
                        .filter(task -> task.unit().equals(unit))
                        .forEach(
                                task ->
                                        task.read("maps")
                                                .ifPresent(m -> programs.addAll(mapped(m))));
        return new Packages(owners(files), owners(programs));
    }

    /// The packages that these files belong to.
    public Set<String> ownersOf(Collection<String> files) throws InterruptedException {
        return owners(files);
    }

    /// The files that a process has mapped to run them.
    static Set<String> mapped(String maps) {
        Set<String> files = new TreeSet<>();
        Matcher line = EXECUTABLE.matcher(maps);
        while (line.find()) {
            files.add(line.group(1));
        }
        return files;
    }

    private Set<String> owners(Collection<String> files) throws InterruptedException {
        if (files.isEmpty()) {
            return Set.of();
        }
        List<String> query = new ArrayList<>(List.of("dpkg-query", "-S", "--"));
        files.forEach(file -> query.addAll(names(file)));
        // It ends with 1 when it does not know one of the paths, and tells of the others.
        return owners(place.run(Command.of(query).within(LIMIT)).stdout());
    }

    static List<String> names(String file) {
        Matcher joined = JOINED.matcher(file);
        return joined.matches()
                ? List.of(joined.group(1), "/usr" + joined.group(1))
                : List.of(file);
    }

    /// Lines such as `libc6:amd64, libc6:i386: /lib/x.so`, as package names.
    static Set<String> owners(String answer) {
        TreeMap<String, Boolean> owners = new TreeMap<>();
        for (String line : answer.lines().toList()) {
            int end = line.indexOf(": /");
            if (end > 0 && !line.startsWith("diversion by ")) {
                for (String owner : line.substring(0, end).split(", ")) {
                    owners.put(owner.replaceFirst(":[a-z0-9-]+$", ""), true);
                }
            }
        }
        return new HashSet<>(owners.keySet());
    }
}
