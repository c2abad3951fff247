package dev.understudy.risk;

import dev.understudy.fleet.AlikeStates;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Counts hosts by what is not patched and why.
final class ReasonCounts {
    private static final Reason REBOOT =
            new Reason(
                    Reason.Code.AWAITING_REBOOT,
                    "Fixes are installed, but old code runs until the host reboots.");
    private static final Reason RESTART =
            new Reason(
                    Reason.Code.AWAITING_RESTART,
                    "Fixes are installed, but processes still run the old code.");

    private static final Comparator<FleetReasons.Row> ORDER =
            Comparator.comparingInt(FleetReasons.Row::hosts)
                    .reversed()
                    .thenComparing(FleetReasons.Row::subject)
                    .thenComparing(FleetReasons.Row::code);

    private final WhyUnpatched why;
    private final Map<Key, Counted> rows = new HashMap<>();
    private final Map<Platformed, IdentityHashMap<List<Finding>, List<Unpatched>>> unfixed =
            new HashMap<>();

    private record Key(String subject, Reason.Code code) {}

    ReasonCounts(WhyUnpatched why) {
        this.why = why;
    }

    /// Hosts that have all in common that decides.
    void add(
            Assessment of,
            Inventory facts,
            Map<PatchId, Reason> known,
            AlikeStates state,
            HostCount hosts) {
        List<Reason> host = new ArrayList<>(why.ofHost(facts));
        if (state.awaitsReboot()) {
            host.add(REBOOT);
        }
        if (state.awaitsRestart()) {
            host.add(RESTART);
        }
        add(of, facts, known, host, hosts);
    }

    /// A host of which what is kept for the fleet does not tell enough.
    void addItself(Assessment of, Inventory facts, Map<PatchId, Reason> known, AlikeStates state) {
        HostCount itself = new HostCount();
        itself.add(1, state.hosts());
        add(of, facts, known, why.ofHost(facts), itself);
    }

    private void add(
            Assessment of,
            Inventory facts,
            Map<PatchId, Reason> known,
            List<Reason> host,
            HostCount hosts) {
        Map<Key, Counted> seen = new HashMap<>();
        for (Unpatched each : WhyUnpatched.pending(of, facts, known)) {
            count(String.valueOf(each.patch()), true, each.reason(), hosts, seen)
                    .about(each.packageName(), each.cves());
        }
        for (Unpatched each : unfixed(of, facts)) {
            String subject = of.release() + "/" + each.packageName();
            count(subject, false, each.reason(), hosts, seen)
                    .about(each.packageName(), each.cves());
        }
        host.forEach(each -> count("", false, each, hosts, seen));
    }

    /// The same for all that lack the same on the same platform, and whose lists are as old.
    private List<Unpatched> unfixed(Assessment of, Inventory facts) {
        Instant lists = facts.metadataAsOf();
        boolean old = why.old(lists);
        return unfixed.computeIfAbsent(
                        new Platformed(facts.platform(), old, old ? lists : null),
                        _ -> new IdentityHashMap<>())
                .computeIfAbsent(of.unfixed(), _ -> why.unfixed(of, facts));
    }

    /// @param listsOf of when the package lists are where they are old; null also where there are
    ///   none
    private record Platformed(Platform platform, boolean old, @Nullable Instant listsOf) {}

    /// Counts the hosts once, however often they have it.
    private Counted count(
            String subject,
            boolean pending,
            Reason reason,
            HostCount hosts,
            Map<Key, Counted> seen) {
        Key key = new Key(subject, reason.code());
        return seen.computeIfAbsent(
                key,
                _ -> {
                    Counted counted = rows.computeIfAbsent(key, _ -> new Counted(key, pending));
                    counted.add(hosts, reason);
                    return counted;
                });
    }

    List<FleetReasons.Row> sorted() {
        return rows.values().stream().map(Counted::row).sorted(ORDER).toList();
    }

    private static final class Counted {
        private final Key key;
        private final boolean pending;
        private final Set<String> packages = new TreeSet<>();
        private final Set<String> cves = new TreeSet<>();
        private final Set<List<String>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        private final HostCount hosts = new HostCount();
        private String sentence = "";

        Counted(Key key, boolean pending) {
            this.key = key;
            this.pending = pending;
        }

        void add(HostCount some, Reason reason) {
            if (hosts.add(some.hosts, some.first)) {
                sentence = reason.sentence();
            }
        }

        /// Hosts of many kinds share what is open on them.
        void about(String name, List<String> open) {
            packages.add(name);
            if (seen.add(open)) {
                cves.addAll(open);
            }
        }

        FleetReasons.Row row() {
            return new FleetReasons.Row(
                    key.subject(),
                    pending,
                    List.copyOf(packages),
                    List.copyOf(cves),
                    key.code(),
                    sentence,
                    hosts.hosts,
                    List.copyOf(hosts.first));
        }
    }
}
