package dev.understudy.risk.exposure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The statements in force, by vulnerability and by source package.
final class Statements {
    private final Map<Long, Statement> byId = new HashMap<>();
    private final Map<String, List<Statement>> byCve = new HashMap<>();
    private final Map<String, List<Statement>> bySource = new HashMap<>();
    private long edition;

    /// An advisory that names no CVE goes by its own id.
    static List<String> names(Statement statement) {
        return statement.cves().isEmpty() ? List.of(statement.advisory()) : statement.cves();
    }

    /// Another number whenever anything was put or removed.
    long edition() {
        return edition;
    }

    void put(Statement statement) {
        remove(statement.id());
        byId.put(statement.id(), statement);
        for (String name : names(statement)) {
            byCve.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(statement);
        }
        bySource.computeIfAbsent(
                        key(statement.release(), statement.source()), _ -> new ArrayList<>(1))
                .add(statement);
    }

    /// @return what is removed; empty where there is no such statement
    Optional<Statement> remove(long id) {
        edition++;
        Statement gone = byId.remove(id);
        if (gone != null) {
            for (String name : names(gone)) {
                forget(byCve, name, gone);
            }
            forget(bySource, key(gone.release(), gone.source()), gone);
        }
        return Optional.ofNullable(gone);
    }

    List<Statement> about(String cve) {
        return byCve.getOrDefault(cve, List.of());
    }

    List<Statement> of(String release, String source) {
        return bySource.getOrDefault(key(release, source), List.of());
    }

    Collection<Statement> all() {
        return byId.values();
    }

    int size() {
        return byId.size();
    }

    private static void forget(Map<String, List<Statement>> map, String key, Statement gone) {
        List<Statement> left = map.get(key);
        if (left != null) {
            left.removeIf(each -> each.id() == gone.id());
            if (left.isEmpty()) {
                map.remove(key);
            }
        }
    }

    private static String key(String release, String source) {
        return release + "/" + source;
    }
}
