package dev.understudy.risk;

import dev.understudy.fleet.AlikeStates;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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

    // What hosts have in common is shared between them, and there are millions of references to it:
    // each is looked up by what it is, not by what it says.
    private final IdentityHashMap<HostPatch, Map<Reason.Code, Counted>> pending =
            new IdentityHashMap<>();
    private final Map<Unfixed, IdentityHashMap<Finding, Counted>> unfixed = new HashMap<>();
    private final Counted uncounted = new Counted(new Key("", Reason.Code.NO_FIX_YET), false);
    private int turn;

    private record Key(String subject, Reason.Code code) {}

    /// @param old whether package lists are
    private record Unfixed(String release, boolean old) {}

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
        turn++;
        pending(of, facts, known, hosts);
        unfixed(of, facts, hosts);
        for (Reason reason : host) {
            Counted counted = counted(new Key("", reason.code()), false);
            if (counted.add(turn, hosts)) {
                counted.sentence = reason.sentence();
            }
        }
    }

    private void pending(
            Assessment of, Inventory facts, Map<PatchId, Reason> known, HostCount hosts) {
        WhyUnpatched.Pending there = new WhyUnpatched.Pending(facts, known);
        for (HostPatch patch : of.patches()) {
            for (PackageChange change : patch.changes()) {
                Reason reason = there.reason(patch, change);
                Counted counted =
                        pending.computeIfAbsent(patch, _ -> new EnumMap<>(Reason.Code.class))
                                .computeIfAbsent(reason.code(), code -> counted(patch, code));
                counted.packages.add(change.name());
                if (counted.add(turn, hosts)) {
                    counted.sentence = reason.sentence();
                }
            }
        }
    }

    private void unfixed(Assessment of, Inventory facts, HostCount hosts) {
        IdentityHashMap<Finding, Counted> known =
                unfixed.computeIfAbsent(
                        new Unfixed(of.release(), why.old(facts.metadataAsOf())),
                        _ -> new IdentityHashMap<>());
        for (Finding finding : of.unfixed()) {
            Counted counted =
                    known.computeIfAbsent(finding, its -> counted(of.release(), facts, its));
            if (counted != uncounted && counted.add(turn, hosts)) {
                counted.sentence = why.unfixed(facts, finding).sentence();
            }
        }
    }

    private Counted counted(HostPatch patch, Reason.Code code) {
        Counted counted = counted(new Key(patch.id().toString(), code), true);
        counted.cves.addAll(patch.cves());
        return counted;
    }

    private Counted counted(String release, Inventory facts, Finding finding) {
        if (!WhyUnpatched.counts(finding)) {
            return uncounted;
        }
        Reason.Code code = why.unfixed(facts, finding).code();
        Counted counted = counted(new Key(release + "/" + finding.source(), code), false);
        counted.packages.add(finding.source());
        counted.cves.addAll(finding.advisory().cves());
        return counted;
    }

    private Counted counted(Key key, boolean patch) {
        return rows.computeIfAbsent(key, _ -> new Counted(key, patch));
    }

    List<FleetReasons.Row> sorted() {
        return rows.values().stream().map(Counted::row).sorted(ORDER).toList();
    }

    private static final class Counted {
        private final Key key;
        private final boolean pending;
        private final Set<String> packages = new TreeSet<>();
        private final Set<String> cves = new TreeSet<>();
        private final HostCount hosts = new HostCount();
        private String sentence = "";
        private int turn;

        Counted(Key key, boolean pending) {
            this.key = key;
            this.pending = pending;
        }

        /// Counts the hosts whose turn it is once, however often they have it.
        ///
        /// @return whether the first of all is among them, whose sentence is told
        boolean add(int its, HostCount some) {
            if (turn == its) {
                return false;
            }
            turn = its;
            return hosts.add(some.hosts, some.first);
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
