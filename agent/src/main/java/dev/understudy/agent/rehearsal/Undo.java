package dev.understudy.agent.rehearsal;

import dev.understudy.agent.checkpoint.ChangeSet;
import dev.understudy.agent.checkpoint.Difference;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.RestoreResult;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Whether an undo in the twin led back to what the host is: the proof that does not rely on the
/// checkpoint's own word.
///
/// @param changes what the patch had changed
/// @param restored what the restore says of itself
record Undo(Place host, Place twin, ChangeSet changes, RestoreResult restored) {
    /// @param pathsDiffering what differs, by path
    record Outcome(int versionsDiffering, Map<String, String> pathsDiffering) {
        static final Outcome NOT_TRIED = new Outcome(0, Map.of());

        /// A sentence about what differs; empty if nothing does.
        Optional<String> complaint() {
            return pathsDiffering.entrySet().stream()
                    .findFirst()
                    .map(
                            first ->
                                    "After the undo %d paths differ from the host, first %s, which %s"
                                            .formatted(
                                                    pathsDiffering.size(),
                                                    first.getKey(),
                                                    first.getValue()));
        }
    }

    /// Compares, at every path that patch and undo have written to, the twin with the host.
    Outcome compare(PatchChanges patch) throws IOException, InterruptedException {
        TreeMap<String, String> differing =
                new TreeMap<>(new Difference(host.path("/"), twin.path("/")).of(patch.now()));
        differing.keySet().removeIf(this::isRebuilt);
        restored.pathsDiffering().forEach(path -> differing.putIfAbsent(path, "was not restored"));
        return new Outcome(restored.versionsDiffering().size(), differing);
    }

    /// Byte code that Python writes for itself whenever a program runs.
    private boolean isRebuilt(String path) {
        boolean known = changes.changes().stream().anyMatch(c -> c.path().equals(path));
        return !known && (path.endsWith(".pyc") || path.endsWith("/__pycache__"));
    }
}
