package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What dpkg keeps of one installed package: its control fields, scripts, list of paths and
/// configuration files.
final class DpkgInfo {
    static final String FOLDER = "/var/lib/dpkg/info";

    /// `newconffile` stands for the digest of one that was not there yet.
    private static final Pattern CONFFILE =
            Pattern.compile(
                    " ?(/.*) ([0-9a-f]{32}|newconffile)((?: obsolete| remove-on-upgrade)*) ?");

    /// Fields of dpkg's own, not of the archive's.
    private static final Pattern NOTED =
            Pattern.compile("(?:Status|Conffiles|Config-Version|Triggers-(?:Awaited|Pending)):");

    private final Place place;
    private final String name;
    private final String architecture;

    DpkgInfo(Place place, String name, String architecture) {
        this.place = place;
        this.name = name;
        this.architecture = architecture;
    }

    /// One configuration file of the package.
    ///
    /// @param digest MD5 of what the package shipped
    /// @param obsolete whether the installed version does not ship it any more
    record Conffile(String path, String digest, boolean obsolete) {}

    /// The files that dpkg keeps of it, by their kind (`list`, `postinst` …).
    Map<String, Path> files() throws IOException {
        Map<String, Path> files = new TreeMap<>();
        // Packages of more than one architecture at a time have theirs in the name.
        for (String prefix : List.of(name + ".", name + ":" + architecture + ".")) {
            try (DirectoryStream<Path> found =
                    Files.newDirectoryStream(
                            place.path(FOLDER),
                            file -> file.getFileName().toString().startsWith(prefix))) {
                for (Path file : found) {
                    String kind = file.getFileName().toString().substring(prefix.length());
                    if (kind.matches("[a-z0-9-]+")) {
                        files.put(kind, file);
                    }
                }
            }
        }
        return files;
    }

    /// Every path that the package ships, absolute, without `/` itself.
    List<String> paths() throws IOException {
        Path list = files().get("list");
        if (list == null) {
            throw new IOException("dpkg has no list of the files of %s".formatted(name));
        }
        return paths(new String(Files.readAllBytes(list), StandardCharsets.UTF_8));
    }

    /// One absolute path a line, each with its line feed.
    static List<String> paths(String list) throws IOException {
        if (!list.isEmpty() && !list.endsWith("\n")) {
            throw new IOException("dpkg's list of the files of a package is cut off");
        }
        List<String> paths = new ArrayList<>();
        for (String line : list.isEmpty() ? new String[0] : list.split("\n", -1)) {
            if (!line.isEmpty() && !line.startsWith("/")) {
                throw new IOException(
                        "dpkg's list of the files of a package has the line '%s'".formatted(line));
            }
            if (!line.isEmpty() && !line.equals("/.")) {
                paths.add(line);
            }
        }
        return paths;
    }

    List<Conffile> conffiles() throws IOException, InterruptedException {
        return conffiles(query("-W", "-f", "${Conffiles}\\n"));
    }

    /// Lines such as ` /etc/a b.conf 47f6c8b6b4b0b4c1… obsolete`.
    static List<Conffile> conffiles(String said) throws IOException {
        List<Conffile> conffiles = new ArrayList<>();
        for (String line : said.split("\n")) {
            if (line.isBlank()) {
                continue;
            }
            Matcher conffile = CONFFILE.matcher(line);
            if (!conffile.matches()) {
                throw new IOException(
                        "dpkg-query names the configuration file '%s'".formatted(line));
            }
            conffiles.add(
                    new Conffile(
                            conffile.group(1), conffile.group(2), !conffile.group(3).isEmpty()));
        }
        return conffiles;
    }

    /// The fields of the package itself, as its archive had them: without what dpkg noted of its
    /// state.
    String control() throws IOException, InterruptedException {
        return control(query("--status"));
    }

    static String control(String status) throws IOException {
        if (!status.startsWith("Package: ") || !status.endsWith("\n")) {
            throw new IOException("dpkg-query tells no package's fields: '%s'".formatted(status));
        }
        StringBuilder control = new StringBuilder();
        boolean left = false;
        for (String line : status.lines().toList()) {
            boolean continued = line.startsWith(" ") || line.startsWith("\t");
            if (!continued && !line.isBlank() && line.indexOf(':') < 1) {
                throw new IOException("dpkg-query tells the field '%s'".formatted(line));
            }
            if (!continued) {
                left = NOTED.matcher(line).lookingAt();
            }
            if (!left && !line.isBlank()) {
                control.append(line).append('\n');
            }
        }
        return control.toString();
    }

    private String query(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("dpkg-query"));
        command.addAll(List.of(arguments));
        command.add(name + ":" + architecture);
        Output output = place.run(Command.of(command));
        if (!output.whole()) {
            throw new IOException("dpkg-query failed for %s: %s".formatted(name, output.tail()));
        }
        return output.stdout();
    }
}
