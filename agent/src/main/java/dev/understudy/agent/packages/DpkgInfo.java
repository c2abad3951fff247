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

/// What dpkg keeps of one installed package: its control fields, scripts, list of paths and
/// configuration files.
final class DpkgInfo {
    static final String FOLDER = "/var/lib/dpkg/info";

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
        return new String(Files.readAllBytes(list), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("/") && !line.equals("/."))
                .toList();
    }

    List<Conffile> conffiles() throws IOException, InterruptedException {
        List<Conffile> conffiles = new ArrayList<>();
        for (String line : query("-W", "-f", "${Conffiles}\\n").lines().toList()) {
            String entry = line.strip();
            boolean obsolete = entry.endsWith(" obsolete") || entry.endsWith(" remove-on-upgrade");
            String plain = entry.replaceFirst("( obsolete| remove-on-upgrade)+$", "");
            int space = plain.lastIndexOf(' ');
            if (plain.startsWith("/") && space > 0) {
                conffiles.add(
                        new Conffile(
                                plain.substring(0, space), plain.substring(space + 1), obsolete));
            }
        }
        return conffiles;
    }

    /// The fields of the package itself, as its archive had them: without what dpkg noted of its
    /// state.
    String control() throws IOException, InterruptedException {
        StringBuilder control = new StringBuilder();
        boolean left = false;
        for (String line : query("--status").lines().toList()) {
            boolean continued = line.startsWith(" ") || line.startsWith("\t");
            if (!continued) {
                left =
                        line.matches(
                                "(Status|Conffiles|Config-Version|Triggers-(Awaited|Pending)):.*");
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
