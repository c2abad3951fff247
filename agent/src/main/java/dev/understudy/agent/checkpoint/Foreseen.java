package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The change set of a plan that was not tried, from the paths that it can be foreseen to change.
final class Foreseen {
    private Foreseen() {}

    /// Packages name paths as they ship them; here they are as this tree has them.
    static ChangeSet of(Set<String> paths, Tree tree, Scope scope) throws IOException {
        TreeMap<String, Change> changes = new TreeMap<>();
        int leftOut = 0;
        for (String named : paths) {
            String path = tree.real(named);
            Optional<LiveFile> live = tree.at(path);
            if (path.equals("/")) {
                continue;
            }
            int owner = live.map(file -> file.attributes().uid()).orElse(0);
            if (!scope.covers(path, owner)) {
                leftOut++;
                continue;
            }
            boolean directory = live.map(LiveFile::isDirectory).orElse(false);
            changes.put(path, new Change(path, directory ? Kind.ENTERED : Kind.WRITTEN));
        }
        return new ChangeSet(changes.values().stream().toList(), leftOut);
    }
}
