package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;

/// How many hosts, and the first of them.
final class HostCount {
    private static final int FIRST = 3;

    /// As PostgreSQL orders them.
    private static final Comparator<HostId> BY_ID = Comparator.comparing(HostId::toString);

    final TreeSet<HostId> first = new TreeSet<>(BY_ID);
    int hosts;

    /// @return whether the first one is among them
    boolean add(int more, Collection<HostId> some) {
        hosts += more;
        first.addAll(some);
        boolean leads = some.contains(first.getFirst());
        while (first.size() > FIRST) {
            first.removeLast();
        }
        return leads;
    }
}
