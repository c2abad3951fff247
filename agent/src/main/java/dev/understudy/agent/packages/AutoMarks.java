package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.files.WholeFile;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which packages count as installed automatically (and go when nothing needs them). Naming a
/// package to apt-get may mark it as wanted by the owner; a patch must not.
final class AutoMarks {
    private static final String STATES = "/var/lib/apt/extended_states";

    private final Place place;

    AutoMarks(Place place) {
        this.place = place;
    }

    /// `name:architecture` of every package marked automatic.
    Set<String> now() throws PackageManagerException {
        Path file = place.path(STATES);
        if (Files.notExists(file)) {
            return Set.of();
        }
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new PackageManagerException("apt's extended_states cannot be read: " + e, e);
        }
    }

    static Set<String> parse(String extendedStates) {
        return Deb822.parse(extendedStates).stream()
                .filter(stanza -> "1".equals(stanza.get("Auto-Installed")))
                .map(AutoMarks::key)
                .collect(Collectors.toSet());
    }

    /// Marks as automatic again what was before, and what the plan brought in anew.
    void restore(Set<String> before, Plan plan)
            throws PackageManagerException, InterruptedException {
        Set<String> now = now();
        String architecture = new DpkgDatabase(place).nativeArchitecture();
        List<String> lost = new ArrayList<>();
        for (PackageChange change : plan.changes()) {
            // apt keeps the marks of architecture-independent packages under the native one.
            String kept =
                    change.architecture().equals("all") ? architecture : change.architecture();
            String key = change.name() + ":" + kept;
            boolean automatic = change.from() == null || before.contains(key);
            if (change.to() != null && automatic && !now.contains(key)) {
                lost.add(key);
            }
        }
        if (!lost.isEmpty()) {
            mark(lost);
        }
    }

    /// Writes apt's file as `apt-mark auto` would, which takes as long as many an upgrade does.
    private void mark(List<String> lost) throws PackageManagerException {
        Path file = place.path(STATES);
        try {
            String text = Files.exists(file) ? Files.readString(file) : "";
            StringBuilder states = new StringBuilder();
            for (String stanza : text.split("\n{2,}")) {
                boolean replaced =
                        Deb822.parse(stanza).stream().anyMatch(s -> lost.contains(key(s)));
                if (!stanza.isBlank() && !replaced) {
                    states.append(stanza.strip()).append("\n\n");
                }
            }
            for (String name : lost) {
                states.append(
                        "Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n"
                                .formatted((Object[]) name.split(":", 2)));
            }
            WholeFile.write(
                    file, states.toString().getBytes(StandardCharsets.UTF_8), WholeFile.PUBLIC);
        } catch (IOException e) {
            throw new PackageManagerException(
                    "the packages %s could not be marked automatic again: %s".formatted(lost, e),
                    e);
        }
    }

    private static String key(Map<String, String> stanza) {
        return stanza.getOrDefault("Package", "") + ":" + stanza.getOrDefault("Architecture", "");
    }
}
