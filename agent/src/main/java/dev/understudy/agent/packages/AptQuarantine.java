package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.files.WholeFile;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.QuarantinedVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Keeps quarantined versions from whoever uses apt on the host. Pins keep upgrades, unattended
/// ones too, and dependencies from choosing them. Who names one is refused by a script that apt
/// runs before it gives archives to dpkg. Both are there only while something is quarantined.
///
/// The agent itself looks at apt as the owner has set it up, without these pins: what is pending
/// does not depend on what is quarantined.
public final class AptQuarantine {
    static final String PINS = "/etc/apt/preferences.d/00understudy-quarantine";
    static final String HOOK = "/etc/apt/apt.conf.d/00understudy-quarantine";

    /// What it makes among the owner's files. They are no part of how the host is configured.
    public static final List<String> FILES = List.of(PINS, HOOK);

    private static final String OWNERS = "/etc/apt/preferences.d";
    private static final String MADE =
            "Made by understudy-agent, which takes it away when nothing is quarantined here:"
                    + " understudy-agent quarantine\n";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._-]+");

    /// Reads the names of archives, one a line. What cannot be read is apt's to complain about.
    private static final String REFUSE =
            """
            #!/bin/sh
            # %s
            list=${0%%/*}/versions
            [ -r "$list" ] || exit 0
            result=0
            while IFS= read -r archive; do
              case $archive in *.deb) ;; *) continue ;; esac
              told=$(dpkg-deb -W --showformat='${source:Package} ${source:Version}\\n${Package} ${Version}\\n' "$archive" 2>/dev/null) || continue
              said=$(printf '%%s\\n' "$told" | awk -v list="$list" '
                BEGIN { while ((getline line < list) > 0) { split(line, part, " "); why[part[1] " " part[2]] = line } }
                $0 in why { print substr(why[$0], index(why[$0], " ") + 1); exit }')
              if [ -n "$said" ]; then
                echo "Understudy: ${archive##*/} is in quarantine: ${said#* }" >&2
                result=1
              fi
            done
            [ "$result" = 0 ] || echo "Understudy: nobody may install it here before it is released (on the control plane: understudy quarantine release). All of them: understudy-agent quarantine" >&2
            exit "$result"
            """
                    .formatted(MADE.strip());

    private final Place place;
    private final Path folder;

    /// @param folder the agent's own, in the place
    AptQuarantine(Place place, Path folder) {
        this.place = place;
        this.folder = folder;
    }

    /// Lets nobody install these, and lets all others go.
    void keepAway(List<KeptAway> kept) throws PackageManagerException, InterruptedException {
        try {
            if (kept.isEmpty()) {
                letGo();
                return;
            }
            Files.createDirectories(inPlace());
            boolean changed = write(list(), versions(kept));
            changed |= write(script(), REFUSE);
            view();
            Optional<String> pins = pins(kept);
            if (pins.isPresent()) {
                changed |= write(place.path(PINS), pins.get());
            } else {
                Files.deleteIfExists(place.path(PINS));
            }
            changed |= hook();
            if (changed) {
                requireUnderstood();
            }
        } catch (IOException e) {
            throw new PackageManagerException("apt's files cannot be written: " + e, e);
        }
    }

    private void letGo() throws IOException {
        for (Path made : List.of(place.path(HOOK), place.path(PINS), list(), script())) {
            Files.deleteIfExists(made);
        }
    }

    /// A host whose apt does not work is worse off than one that may get a quarantined version.
    private void requireUnderstood()
            throws IOException, PackageManagerException, InterruptedException {
        Output output = place.run(Command.of("apt-cache", "policy", "dpkg"));
        if (!output.succeeded()) {
            letGo();
            throw new PackageManagerException(
                    "apt does not take what would keep them away, and it was taken back: "
                            + output.tail());
        }
    }

    /// The options with which apt does not see the pins.
    List<String> withoutPins() {
        if (!Files.exists(place.path(PINS))) {
            return List.of();
        }
        try {
            view();
        } catch (IOException e) {
            Log.warn("the owner's preferences cannot be laid out apart from ours: %s", e);
            return List.of();
        }
        return AptSettings.option(
                "Dir::Etc::PreferencesParts", folder.resolve("preferences.d") + "/");
    }

    /// The owner's preferences, laid out beside: links to all files but ours.
    private void view() throws IOException {
        Path view = inPlace().resolve("preferences.d");
        Files.createDirectories(view);
        Set<String> wanted = names(place.path(OWNERS));
        wanted.remove(Path.of(PINS).getFileName().toString());
        Set<String> there = names(view);
        for (String name : there) {
            if (!wanted.contains(name)) {
                Files.delete(view.resolve(name));
            }
        }
        for (String name : wanted) {
            if (!there.contains(name)) {
                Files.createSymbolicLink(view.resolve(name), Path.of(OWNERS, name));
            }
        }
    }

    private static Set<String> names(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    if (!file.getFileName().toString().startsWith(".")) {
                        names.add(file.getFileName().toString());
                    }
                }
            }
        }
        return names;
    }

    private static String versions(List<KeptAway> kept) {
        Set<String> lines = new TreeSet<>();
        for (KeptAway each : kept) {
            lines.add(
                    "%s %s %s"
                            .formatted(
                                    each.of().source(), each.of().version(), oneLine(each.of())));
            lines.add(
                    "%s %s %s"
                            .formatted(
                                    each.name().replaceFirst(":.*", ""),
                                    each.version(),
                                    oneLine(each.of())));
        }
        return String.join("\n", lines) + "\n";
    }

    /// What is installed already is not pinned: apt would no longer have a candidate for it.
    private static Optional<String> pins(List<KeptAway> kept) {
        Set<String> stanzas = new TreeSet<>();
        Set<String> installed =
                kept.stream()
                        .filter(KeptAway::installed)
                        .map(each -> each.of().patch())
                        .collect(Collectors.toSet());
        for (KeptAway each : kept) {
            if (!each.installed()) {
                stanzas.add(stanza(each.name(), each.version(), each.of()));
            }
            if (!installed.contains(each.of().patch())) {
                // What is not installed here, of the same source. Older apt takes it for a name.
                stanzas.add(stanza("src:" + each.of().source(), each.of().version(), each.of()));
            }
        }
        // apt takes no stanza that only explains.
        return stanzas.isEmpty()
                ? Optional.empty()
                : Optional.of("Explanation: " + MADE + String.join("\n", stanzas));
    }

    private static String stanza(String name, String version, QuarantinedVersion of) {
        return """
               Explanation: in quarantine: %s
               Package: %s
               Pin: version %s
               Pin-Priority: -1
               """
                .formatted(oneLine(of), name, version);
    }

    private static String oneLine(QuarantinedVersion of) {
        return of.reason().replaceAll("\\p{Cntrl}+", " ").strip();
    }

    private boolean hook() throws IOException {
        String script = folder.resolve("refuse").toString();
        if (!PLAIN.matcher(script).matches()) {
            Log.warn(
                    "'%s' is no name for apt's configuration: only pins keep quarantined versions away",
                    script);
            return false;
        }
        return write(
                place.path(HOOK),
                """
                // %s
                DPkg::Pre-Install-Pkgs { "if [ -r %s ]; then sh %s; fi"; };
                """
                        .formatted(MADE.strip(), script, script));
    }

    /// @return whether it was not there so already
    private static boolean write(Path file, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Arrays.equals(Files.readAllBytes(file), bytes)) {
            return false;
        }
        WholeFile.write(file, bytes, WholeFile.PUBLIC);
        return true;
    }

    private Path inPlace() {
        return place.path(folder.toString());
    }

    private Path list() {
        return inPlace().resolve("versions");
    }

    private Path script() {
        return inPlace().resolve("refuse");
    }
}
