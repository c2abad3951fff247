package dev.understudy.agent.packages;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.io.IOException;
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
    private final Place place;

    AutoMarks(Place place) {
        this.place = place;
    }

    /// `name:architecture` of every package marked automatic.
    Set<String> now() throws PackageManagerException {
        Path file = place.path("/var/lib/apt/extended_states");
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
        if (lost.isEmpty()) {
            return;
        }
        List<String> arguments = new ArrayList<>(List.of("apt-mark", "auto"));
        arguments.addAll(lost);
        Output output = place.run(Command.of(arguments));
        if (!output.succeeded()) {
            throw new PackageManagerException(
                    "the packages %s could not be marked automatic again: %s"
                            .formatted(lost, output.tail()));
        }
    }

    private static String key(Map<String, String> stanza) {
        return stanza.getOrDefault("Package", "") + ":" + stanza.getOrDefault("Architecture", "");
    }
}
