package dev.understudy.risk;

import dev.understudy.fleet.AlikeStates;
import dev.understudy.fleet.Inventories;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says of everything in the fleet that is not patched why it is not, and on how many hosts: what
/// [WhyUnpatched] says of each, worked out once for hosts of which it cannot say anything else. A
/// host of which a rollout, an exception or a full disk makes a case of its own is looked at by
/// itself.
public final class FleetReasons {
    private static final int AT_ONCE = 2_000;

    private final Database database;
    private final Patches patches;
    private final Inventories inventories;
    private final WhyUnpatched why;

    public FleetReasons(
            Database database, Patches patches, Inventories inventories, WhyUnpatched why) {
        this.database = database;
        this.patches = patches;
        this.inventories = inventories;
        this.why = why;
    }

    /// Something that is not patched, and one reason why.
    ///
    /// @param subject the patch that would bring it, as RELEASE/SOURCE/VERSION; RELEASE/SOURCE
    ///   where there is nothing to install; empty for what concerns hosts as a whole
    /// @param pending whether the subject is a patch
    /// @param cves that stay open by it
    /// @param sentence of the first host; others may have another date or number in it
    /// @param hosts on how many of them
    /// @param first the first three of them, by id
    public record Row(
            String subject,
            boolean pending,
            List<String> packages,
            List<String> cves,
            Reason.Code code,
            String sentence,
            int hosts,
            List<HostId> first) {
        public Row {
            packages = List.copyOf(packages);
            cves = List.copyOf(cves);
            first = List.copyOf(first);
        }
    }

    /// The most hosts first.
    ///
    /// @param group null for the whole fleet
    public List<Row> of(@Nullable String group) {
        List<Known> all = known(group, patches.assessor());
        Map<String, Map<PatchId, Reason>> ofGroups = ofGroups(all);
        Map<Same, Together> together = new HashMap<>();
        List<Known> alone = new ArrayList<>();
        for (Known each : all) {
            if (each.hosts().alone()) {
                alone.add(each);
            } else {
                String of = each.hosts().alike().group();
                add(each, ofGroups.getOrDefault(of, Map.of()), together);
            }
        }
        ReasonCounts rows = new ReasonCounts(why);
        for (int from = 0; from < alone.size(); from += AT_ONCE) {
            addAlone(alone.subList(from, Math.min(alone.size(), from + AT_ONCE)), together, rows);
        }
        together.values()
                .forEach(
                        each ->
                                rows.add(
                                        each.sample.of(),
                                        each.sample.facts(),
                                        each.known,
                                        each.sample.hosts(),
                                        each.count));
        return rows.sorted();
    }

    /// What sources say of hosts that are not apart follows from their group and patches.
    private Map<String, Map<PatchId, Reason>> ofGroups(List<Known> all) {
        Map<String, HostId> one = new HashMap<>();
        Map<String, Map<PatchId, HostPatch>> pending = new HashMap<>();
        for (Known each : all) {
            if (!each.hosts().alone()) {
                String group = each.hosts().alike().group();
                one.putIfAbsent(group, each.of().one());
                Map<PatchId, HostPatch> of = pending.computeIfAbsent(group, _ -> new HashMap<>());
                each.of().patches().forEach(patch -> of.putIfAbsent(patch.id(), patch));
            }
        }
        List<ReasonSource.Asked> asked = new ArrayList<>();
        one.forEach(
                (group, host) ->
                        asked.add(
                                new ReasonSource.Asked(
                                        host,
                                        group,
                                        List.copyOf(
                                                pending.getOrDefault(group, Map.of()).values()))));
        Map<HostId, Map<PatchId, Reason>> known = why.known(asked);
        Map<String, Map<PatchId, Reason>> ofGroups = new HashMap<>();
        one.forEach((group, host) -> ofGroups.put(group, known.getOrDefault(host, Map.of())));
        return ofGroups;
    }

    private void addAlone(List<Known> some, Map<Same, Together> together, ReasonCounts rows) {
        Map<HostId, Map<PatchId, Reason>> reasons =
                why.known(
                        some.stream()
                                .map(
                                        each ->
                                                new ReasonSource.Asked(
                                                        each.of().one(),
                                                        each.hosts().alike().group(),
                                                        each.of().patches()))
                                .toList());
        Map<HostId, Inventory> latest =
                inventories.latestFacts(
                        some.stream()
                                .filter(Known::looksAtItself)
                                .map(each -> each.of().one())
                                .toList());
        for (Known each : some) {
            HostId host = each.of().one();
            Map<PatchId, Reason> known = reasons.getOrDefault(host, Map.of());
            Inventory facts = latest.get(host);
            if (!each.looksAtItself()) {
                add(each, known, together);
            } else if (facts != null) {
                rows.addItself(each.of(), facts, known, each.hosts());
            }
        }
    }

    /// First as if all alike were in the same state; then those apart of which that is not so.
    private List<Known> known(@Nullable String group, Assessments.Assessor assessor) {
        List<Known> all = find(group, assessor, assessor.apart(), 0);
        Set<PatchId> pending = new HashSet<>();
        Set<HostPatch> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        long room = 0;
        for (Known each : all) {
            Long free = each.hosts().rootFree();
            for (HostPatch patch : each.of().patches()) {
                if (seen.add(patch)) {
                    pending.add(patch.id());
                }
                if (free != null && free < WhyUnpatched.room(patch)) {
                    room = Math.max(room, WhyUnpatched.room(patch));
                }
            }
        }
        Set<HostId> apart = new HashSet<>(assessor.apart());
        apart.addAll(why.apart(pending));
        return room == 0 && apart.size() == assessor.apart().size()
                ? all
                : find(group, assessor, apart, room);
    }

    private List<Known> find(
            @Nullable String group, Assessments.Assessor assessor, Set<HostId> apart, long room) {
        List<AlikeStates> found = AlikeStates.find(database, group, apart, why.oldBefore(), room);
        assessor.prepare().accept(found.stream().map(AlikeStates::alike).toList());
        return found.stream()
                .flatMap(
                        each ->
                                assessor.assess().apply(each.alike()).stream()
                                        .map(of -> new Known(each, of)))
                .toList();
    }

    /// Together with all of which the same is said.
    private void add(Known each, Map<PatchId, Reason> known, Map<Same, Together> together) {
        Map<PatchId, Reason> its = new HashMap<>();
        Map<PatchId, Reason.Code> codes = new HashMap<>();
        for (HostPatch patch : known.isEmpty() ? List.<HostPatch>of() : each.of().patches()) {
            Reason reason = known.get(patch.id());
            if (reason != null) {
                its.put(patch.id(), reason);
                codes.put(patch.id(), reason.code());
            }
        }
        Same same =
                new Same(
                        each.of().release(),
                        new Identity(each.of().patches()),
                        new Identity(each.of().unfixed()),
                        why.old(each.hosts().listsOf()),
                        each.hosts().awaitsReboot(),
                        each.hosts().awaitsRestart(),
                        codes);
        together.computeIfAbsent(same, _ -> new Together(each, its)).add(each.hosts(), its);
    }

    /// Hosts of which the same is said: of one kind, in one state, for the same reasons.
    private record Same(
            String release,
            Identity patches,
            Identity unfixed,
            boolean oldLists,
            boolean awaitsReboot,
            boolean awaitsRestart,
            Map<PatchId, Reason.Code> known) {}

    /// This very list: those of one kind share it, and to compare them would take longer than to
    /// explain them.
    private record Identity(List<?> list) {
        @Override
        @SuppressWarnings("ReferenceEquality") // that is what it is for
        public boolean equals(@Nullable Object other) {
            return other instanceof Identity(List<?> its) && its == list;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(list);
        }
    }

    private static final class Together {
        private final HostCount count = new HostCount();
        private Known sample;
        private Map<PatchId, Reason> known;

        Together(Known sample, Map<PatchId, Reason> known) {
            this.sample = sample;
            this.known = known;
        }

        void add(AlikeStates some, Map<PatchId, Reason> reasons) {
            if (count.add(some.alike().hosts(), some.hosts())) {
                sample = new Known(some, sample.of());
                known = reasons;
            }
        }
    }

    private record Known(AlikeStates hosts, Assessment of) {

        /// Whether its own disks count, or what decides was not kept apart from its inventory.
        boolean looksAtItself() {
            Long free = hosts.rootFree();
            return hosts.alone()
                    && (!hosts.told()
                            || (free != null
                                    && of.patches().stream()
                                            .anyMatch(each -> free < WhyUnpatched.room(each))));
        }

        /// What they have in common. There is room on their disks.
        Inventory facts() {
            Inventory common = of.facts();
            return new Inventory(
                    common.platform(),
                    common.kernel(),
                    List.of(),
                    common.pending(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    common.capabilities(),
                    hosts.listsOf());
        }
    }
}
