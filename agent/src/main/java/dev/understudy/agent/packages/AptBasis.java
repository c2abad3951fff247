package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What apt decides by: its configuration, the package lists and the package database, each file by
/// its identity, size and times. The kernel sets the time of the last change itself, so a file that
/// was written to, or replaced, has another stamp, whatever it holds.
final class AptBasis {
    /// Where apt looks, as its own configuration has it, in the notation of apt-config(8).
    static final List<String> SETTINGS =
            List.of(
                    "Dir::State::status/f",
                    "Dir::State::extended_states/f",
                    "Dir::State::lists/d",
                    "Dir::Etc::main/f",
                    "Dir::Etc::parts/d",
                    "Dir::Etc::sourcelist/f",
                    "Dir::Etc::sourceparts/d",
                    "Dir::Etc::preferences/f",
                    "Dir::Etc::preferencesparts/d");

    /// apt itself, dpkg's part of the answer, and what phased updates go by.
    private static final List<String> FURTHER =
            List.of("/usr/bin/apt-get", "/var/lib/dpkg/arch", "/etc/dpkg", "/etc/machine-id");

    private static final Pattern SETTING = Pattern.compile("S[0-9]+='(?<path>/[^']*)'");
    private static final String STAMP = "unix:dev,ino,size,lastModifiedTime,ctime";

    private final Place place;

    AptBasis(Place place) {
        this.place = place;
    }

    /// The arguments of `apt-config` to which [#of(String)] takes the answer.
    static List<String> question() {
        List<String> arguments = new ArrayList<>(List.of("shell"));
        for (int n = 0; n < SETTINGS.size(); n++) {
            arguments.add("S" + n);
            arguments.add(SETTINGS.get(n));
        }
        return arguments;
    }

    /// @param answer lines such as `S2='/var/lib/apt/lists/'`
    String of(String answer) throws IOException {
        List<String> roots = new ArrayList<>(FURTHER);
        for (String line : answer.lines().toList()) {
            Matcher setting = SETTING.matcher(line);
            if (!setting.matches()) {
                throw new IOException("apt-config says '" + line + "'");
            }
            roots.add(setting.group("path"));
        }
        if (roots.size() != FURTHER.size() + SETTINGS.size()) {
            throw new IOException("apt-config says only '" + answer.strip() + "'");
        }
        Map<String, String> stamps = new TreeMap<>();
        for (String root : roots) {
            add(place.path(root), stamps);
        }
        return Digests.sha256(stamps.toString());
    }

    private static void add(Path root, Map<String, String> stamps) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            files = walk.filter(Files::isRegularFile).toList();
        } catch (java.io.UncheckedIOException e) {
            throw new IOException(e);
        }
        for (Path file : files) {
            stamps.put(
                    file.toString(), new TreeMap<>(Files.readAttributes(file, STAMP)).toString());
        }
    }
}
