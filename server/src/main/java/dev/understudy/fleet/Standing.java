package dev.understudy.fleet;

import dev.understudy.fleet.WorkGate.Member;
import dev.understudy.protocol.HostId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who is in work and who is out of service at one moment, and so whom some hosts wait for.
public final class Standing {
    private static final int NAMED = 5;

    private final WorkLimits.Limits limits;
    private final Map<HostId, Member> members;
    private final Map<String, Share> quorums;
    private final Map<HostId, String> outOfService;
    private final Map<HostId, String> atWork;
    private final Map<HostId, Set<HostId>> before;
    private final Map<HostId, String> ahead;
    private final Map<String, Integer> sizes;
    private final Map<String, List<Member>> haGroups;
    private final Map<String, Integer> atWorkIn = new HashMap<>();
    private int applies;
    private int rehearsals;

    Standing(
            WorkLimits.Limits limits,
            Map<HostId, Member> members,
            Map<String, Share> quorums,
            Map<HostId, String> outOfService,
            Map<HostId, String> atWork,
            Map<HostId, String> groupsAtWork,
            Map<String, Integer> sizes,
            int applies,
            int rehearsals,
            Map<HostId, Set<HostId>> before,
            Map<HostId, String> ahead) {
        this.limits = limits;
        this.members = members;
        this.quorums = quorums;
        this.outOfService = new HashMap<>(outOfService);
        this.atWork = new HashMap<>(atWork);
        this.sizes = sizes;
        this.applies = applies;
        this.rehearsals = rehearsals;
        this.before = before;
        this.ahead = ahead;
        this.haGroups =
                members.values().stream()
                        .filter(member -> member.haGroup() != null)
                        .collect(Collectors.groupingBy(m -> String.valueOf(m.haGroup())));
        groupsAtWork.values().forEach(group -> atWorkIn.merge(group, 1, Integer::sum));
    }

    /// Why a member of an HA group counts as out of service; empty if it does not, or is in none.
    public Optional<String> outOfService(HostId host) {
        return Optional.ofNullable(outOfService.get(host));
    }

    /// The HA group of a host; empty if it is in none.
    public Optional<String> haGroup(HostId host) {
        return Optional.ofNullable(members.get(host)).map(Member::haGroup);
    }

    /// How many hosts of an HA group may be out of service at once.
    public int mayBeOut(String haGroup) {
        return HaGroup.mayBeOut(
                Objects.requireNonNull(quorums.get(haGroup)),
                haGroups.getOrDefault(haGroup, List.of()).size());
    }

    /// Members of an HA group that are out of service without being in work.
    public Set<HostId> down(String haGroup) {
        return haGroups.getOrDefault(haGroup, List.of()).stream()
                .map(Member::host)
                .filter(host -> outOfService.containsKey(host) && !atWork.containsKey(host))
                .collect(Collectors.toSet());
    }

    /// The hosts that this one comes after.
    public Set<HostId> before(HostId host) {
        return before.getOrDefault(host, Set.of());
    }

    /// How many hosts of a group may be in work at once.
    public int mostInWork(String group) {
        Share most = limits.budgets().get(group);
        return most == null ? Integer.MAX_VALUE : most.atMostOf(sizes.getOrDefault(group, 0));
    }

    /// How many applies may be under way at once in the whole fleet.
    public int mostApplies() {
        Integer applies = limits.applies();
        return Math.min(applies == null ? Integer.MAX_VALUE : applies, mostInWork(""));
    }

    /// The same for rehearsals.
    public int mostRehearsals() {
        Integer most = limits.rehearsals();
        return most == null ? Integer.MAX_VALUE : most;
    }

    /// What the host waits for before it may be begun with; empty if for nothing.
    public Optional<Wait> waits(HostId host, Work work) {
        return switch (work) {
            case REHEARSAL -> full(rehearsals, limits.rehearsals(), "rehearsals");
            case APPLY ->
                    sequence(host)
                            .or(() -> quorum(host))
                            .or(() -> budgets(host))
                            .or(() -> full(applies, limits.applies(), "applies"));
            case REBOOT -> quorum(host).or(() -> budgets(host));
            case RESTORE -> outOfService.containsKey(host) ? Optional.empty() : quorum(host);
        };
    }

    void begin(HostId host, Work work) {
        switch (work) {
            case REHEARSAL -> rehearsals++;
            case APPLY -> {
                applies++;
                taken(host);
            }
            case REBOOT, RESTORE -> taken(host);
        }
    }

    private void taken(HostId host) {
        Member member = members.get(host);
        if (atWork.put(host, "was just given its order") == null && member != null) {
            atWorkIn.merge(member.group(), 1, Integer::sum);
        }
        outOfService.put(host, "was just given its order");
    }

    private Optional<Wait> sequence(HostId host) {
        return before.getOrDefault(host, Set.of()).stream()
                .flatMap(
                        other ->
                                Optional.ofNullable(ahead.get(other))
                                        .or(() -> Optional.ofNullable(atWork.get(other)))
                                        .map(why -> name(other) + " " + why)
                                        .stream())
                .sorted()
                .findFirst()
                .map(
                        first ->
                                new Wait(
                                        Wait.Kind.SEQUENCE,
                                        "Waits for a host that it comes after: %s."
                                                .formatted(first)));
    }

    private Optional<Wait> quorum(HostId host) {
        Member own = members.get(host);
        String name = own == null ? null : own.haGroup();
        if (name == null) {
            return Optional.empty();
        }
        List<Member> all = haGroups.getOrDefault(name, List.of());
        Share quorum = Objects.requireNonNull(quorums.get(name));
        List<String> others =
                all.stream()
                        .filter(member -> !member.host().equals(host))
                        .filter(member -> outOfService.containsKey(member.host()))
                        .sorted(Comparator.comparing(Member::name))
                        .map(member -> member.name() + " " + outOfService.get(member.host()))
                        .toList();
        if (others.size() + 1 <= HaGroup.mayBeOut(quorum, all.size())) {
            return Optional.empty();
        }
        String need =
                "HA group %s: of its %d hosts %d have to stay in service. "
                        .formatted(name, all.size(), quorum.atLeastOf(all.size()));
        return Optional.of(
                new Wait(
                        Wait.Kind.HA_GROUP,
                        need
                                + (others.isEmpty()
                                        ? "So none of them can be changed."
                                        : list(others))));
    }

    private static String list(List<String> others) {
        int more = others.size() - NAMED;
        return others.stream().limit(NAMED).collect(Collectors.joining("; "))
                + (more > 0 ? "; and %d more are out.".formatted(more) : ".");
    }

    /// A host that is in work already needs no further place.
    private Optional<Wait> budgets(HostId host) {
        Member own = members.get(host);
        if (own == null || atWork.containsKey(host)) {
            return Optional.empty();
        }
        return budget(own.group(), atWorkIn.getOrDefault(own.group(), 0), "group " + own.group())
                .or(() -> budget("", atWork.size(), "the fleet"));
    }

    private Optional<Wait> budget(String group, int inWork, String whose) {
        Share most = limits.budgets().get(group);
        if (most == null || inWork < most.atMostOf(sizes.getOrDefault(group, 0))) {
            return Optional.empty();
        }
        return Optional.of(
                new Wait(
                        Wait.Kind.BUDGET,
                        "The disruption budget of %s (%s) is used up: %d hosts are in work."
                                .formatted(whose, most, inWork)));
    }

    private static Optional<Wait> full(int underWay, @Nullable Integer most, String what) {
        return most == null || underWay < most
                ? Optional.empty()
                : Optional.of(
                        new Wait(
                                Wait.Kind.CAPACITY,
                                "%d %s are under way; no more may be at once."
                                        .formatted(underWay, what)));
    }

    private String name(HostId host) {
        Member known = members.get(host);
        return known == null ? host.toString() : known.name();
    }
}
