package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.governance.Autonomy;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Decides which of a group's patches go next: those that go the same way go together, so that what
/// waits for a person keeps nothing waiting that does not. Emergencies first, then what needs the
/// fewest people. Pure.
final class ChooseTurn {
    private ChooseTurn() {}

    /// A host with what it could get, and how each of its patches may go.
    record Ready(Host host, HostPlan plan, List<Ruling> rulings) {}

    /// What goes, and to whom.
    record Turn(Selection selection, List<Host> hosts) {}

    /// Patches that are let go alike.
    private record Way(boolean emergency, Autonomy autonomy) implements Comparable<Way> {
        private static final Comparator<Way> ORDER =
                Comparator.comparing(Way::emergency).thenComparing(Way::autonomy).reversed();

        @Override
        public int compareTo(Way other) {
            return ORDER.compare(this, other);
        }
    }

    /// @param due whether a host is to get what is left of its plan now
    static Optional<Turn> of(List<Ready> ready, Predicate<Ready> due) {
        Map<PatchId, Ruling> strictest = new HashMap<>();
        ready.stream()
                .flatMap(one -> one.rulings().stream())
                .forEach(ruling -> strictest.merge(ruling.patch(), ruling, Ruling::strictest));
        TreeMap<Way, Set<PatchId>> ways = new TreeMap<>();
        strictest.values().stream()
                .filter(ruling -> ruling.autonomy().plans())
                .forEach(
                        ruling ->
                                ways.computeIfAbsent(
                                                new Way(ruling.emergency(), ruling.autonomy()),
                                                _ -> new HashSet<>())
                                        .add(ruling.patch()));
        return ways.values().stream()
                .flatMap(patches -> turn(ready, patches, strictest.size(), due).stream())
                .findFirst();
    }

    private static Optional<Turn> turn(
            List<Ready> ready, Set<PatchId> patches, int all, Predicate<Ready> due) {
        List<Host> hosts = new ArrayList<>();
        Set<HostId> seen = new HashSet<>();
        Set<PatchId> wanted = new TreeSet<>();
        for (Ready one : ready) {
            Optional<Ready> left =
                    one.plan()
                            .only(patches)
                            .map(plan -> new Ready(one.host(), plan, one.rulings()))
                            .filter(due);
            if (left.isPresent() && seen.add(one.host().id())) {
                hosts.add(one.host());
                wanted.addAll(left.get().plan().patches());
            }
        }
        return hosts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Turn(selection(patches, wanted, all), hosts));
    }

    /// Everything is called so, also where what is to come later counts as well.
    private static Selection selection(Set<PatchId> way, Set<PatchId> wanted, int all) {
        return way.size() == all
                ? new Selection.AllSecurity()
                : new Selection.Chosen(List.copyOf(wanted));
    }
}
