package dev.understudy.risk.exposure;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is kept of each host, by its number: columns that grow together.
final class HostTable {
    private int[] shape = new int[1024];
    private int[] pending = new int[1024];
    private @Nullable Stratum[] stratum = new Stratum[1024];
    private final Map<Stratum, Stratum> strata = new HashMap<>();
    private final Map<Integer, List<HostFacts.Held>> held = new HashMap<>();

    void grow(int host) {
        if (host >= shape.length) {
            shape = Arrays.copyOf(shape, host * 2);
            pending = Arrays.copyOf(pending, host * 2);
            stratum = Arrays.copyOf(stratum, host * 2);
        }
    }

    void put(int host, HostFacts facts) {
        shape[host] = facts.shape();
        pending[host] = facts.pending();
        stratum[host] = facts.shape() == 0 ? null : strata.computeIfAbsent(facts.of(), one -> one);
        if (facts.held().isEmpty()) {
            held.remove(host);
        } else {
            held.put(host, facts.held());
        }
    }

    /// 0 where it has none.
    int shape(int host) {
        return shape[host];
    }

    int pending(int host) {
        return pending[host];
    }

    /// Null where it has no shape.
    @Nullable Stratum stratum(int host) {
        return stratum[host];
    }

    List<HostFacts.Held> held(int host) {
        return held.getOrDefault(host, List.of());
    }

    Set<Integer> holding() {
        return held.keySet();
    }

    /// That it has or still runs.
    Set<Integer> shapesOf(int host) {
        List<HostFacts.Held> more = held(host);
        if (more.isEmpty()) {
            return shape[host] == 0 ? Set.of() : Set.of(shape[host]);
        }
        Set<Integer> all = new HashSet<>();
        more.forEach(each -> all.add(each.shape()));
        if (shape[host] != 0) {
            all.add(shape[host]);
        }
        return all;
    }
}
