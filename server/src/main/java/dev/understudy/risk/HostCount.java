package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.Comparator;
import java.util.SequencedCollection;
import java.util.TreeSet;

/// How many hosts, and the first of them.
final class HostCount {
    private static final int FIRST = 3;

    /// As PostgreSQL orders them.
    private static final Comparator<HostId> BY_ID =
            Comparator.comparing(
                            (HostId host) -> host.value().getMostSignificantBits(),
                            Long::compareUnsigned)
                    .thenComparing(
                            host -> host.value().getLeastSignificantBits(), Long::compareUnsigned);

    final TreeSet<HostId> first = new TreeSet<>(BY_ID);
    int hosts;

    /// @param some the first of them, in order
    /// @return whether the first one is among them
    boolean add(int more, SequencedCollection<HostId> some) {
        hosts += more;
        if (first.size() == FIRST && BY_ID.compare(some.getFirst(), first.getLast()) > 0) {
            return false;
        }
        first.addAll(some);
        boolean leads = some.contains(first.getFirst());
        while (first.size() > FIRST) {
            first.removeLast();
        }
        return leads;
    }
}
