package dev.understudy.api;

import dev.understudy.fleet.HaGroup;
import dev.understudy.fleet.HaGroups;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.HostSequence;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Share;
import dev.understudy.fleet.Standing;
import dev.understudy.fleet.WorkGate;
import dev.understudy.fleet.WorkLimits;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Which hosts may be in work at the same time: HA groups, limits, and which come after which.
@RestController
@RequestMapping("/api/v1")
public final class HaGroupsApi {
    private final HaGroups groups;
    private final WorkLimits limits;
    private final HostSequence sequence;
    private final WorkGate work;
    private final Hosts hosts;

    public HaGroupsApi(
            HaGroups groups, WorkLimits limits, HostSequence sequence, WorkGate work, Hosts hosts) {
        this.groups = groups;
        this.limits = limits;
        this.sequence = sequence;
        this.work = work;
        this.hosts = hosts;
    }

    /// An HA group as it is now.
    ///
    /// @param inService how many members are in service
    /// @param mustStay how many have to be
    record View(String name, String quorum, int mustStay, int inService, List<Member> members) {}

    /// @param outOfService why it does not count as in service; empty if it does
    record Member(HostId host, String name, String outOfService) {}

    /// What an HA group shall be.
    ///
    /// @param quorum how many members have to stay in service: `2`, or `50%`
    /// @param hosts all members, by id or name
    record Wanted(@Nullable String quorum, Optional<List<String>> hosts) {}

    /// @param hosts by id or name
    record Joining(@Nullable List<String> hosts) {}

    /// @param reason how the person knows
    record Confirming(Optional<String> reason) {}

    @GetMapping("/ha-groups")
    @Operation(summary = "HA groups, with who is in service")
    Items<View> all() {
        List<HaGroup> all = groups.all();
        Standing standing =
                work.look(all.stream().flatMap(group -> group.members().stream()).toList());
        return new Items<>(all.stream().map(group -> view(group, standing)).toList());
    }

    @GetMapping("/ha-groups/{name}")
    @Operation(summary = "One HA group")
    View one(@PathVariable String name) {
        return view(groups.get(name));
    }

    private View view(HaGroup group) {
        return view(group, work.look(group.members()));
    }

    private View view(HaGroup group, Standing standing) {
        List<Member> members =
                group.members().stream()
                        .map(
                                host ->
                                        new Member(
                                                host,
                                                hosts.get(host).name(),
                                                standing.outOfService(host).orElse("")))
                        .sorted(java.util.Comparator.comparing(Member::name))
                        .toList();
        return new View(
                group.name(),
                group.quorum().toString(),
                group.quorum().atLeastOf(members.size()),
                (int) members.stream().filter(m -> m.outOfService().isEmpty()).count(),
                members);
    }

    @PutMapping("/ha-groups/{name}")
    @Needs(Role.APPROVER)
    @Operation(summary = "Make an HA group, or change it, to exactly these members")
    View put(Operator operator, @PathVariable String name, @RequestBody Wanted wanted) {
        return view(
                groups.put(
                        operator.actor(),
                        name,
                        Share.parse(given("quorum", wanted.quorum())),
                        ids(wanted.hosts().orElse(List.of()))));
    }

    @PostMapping("/ha-groups/{name}/members")
    @Needs(Role.APPROVER)
    @Operation(summary = "Add hosts to an HA group")
    View add(Operator operator, @PathVariable String name, @RequestBody Joining joining) {
        return view(groups.add(operator.actor(), name, ids(given("hosts", joining.hosts()))));
    }

    @DeleteMapping("/ha-groups/{name}/members/{host}")
    @Needs(Role.APPROVER)
    @Operation(summary = "Take a host out of an HA group")
    View remove(Operator operator, @PathVariable String name, @PathVariable String host) {
        return view(groups.remove(operator.actor(), name, hosts.named(host).id()));
    }

    @PostMapping("/ha-groups/{name}/members/{host}/confirm")
    @Needs(Role.APPROVER)
    @Operation(
            summary =
                    "Say that a member is in service, whatever came of the last rollout on it; what is seen of it still counts")
    View confirm(
            Operator operator,
            @PathVariable String name,
            @PathVariable String host,
            @RequestBody Confirming confirming) {
        groups.confirm(
                operator.actor(), name, hosts.named(host).id(), confirming.reason().orElse(""));
        return one(name);
    }

    @DeleteMapping("/ha-groups/{name}")
    @Needs(Role.APPROVER)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Forget an HA group; its hosts stay")
    void delete(Operator operator, @PathVariable String name) {
        groups.delete(operator.actor(), name);
    }

    /// Limits as they are.
    ///
    /// @param applies how many applies may be under way at once; null for no limit
    record LimitsView(
            List<Budget> budgets, @Nullable Integer applies, @Nullable Integer rehearsals) {}

    /// @param group empty for the whole fleet
    /// @param most how many hosts may be in work at once: `2`, or `10%`
    record Budget(String group, String most) {}

    /// A budget as it shall be.
    ///
    /// @param group left out for the whole fleet
    /// @param most left out to lift it
    record WantedBudget(Optional<String> group, Optional<String> most) {}

    /// Capacity as it shall be; what is left out is not limited.
    record WantedCapacity(Optional<Integer> applies, Optional<Integer> rehearsals) {}

    @GetMapping("/work-limits")
    @Operation(summary = "How much may be in work at once")
    LimitsView limits() {
        WorkLimits.Limits now = limits.current();
        return new LimitsView(
                new TreeMap<>(now.budgets())
                        .entrySet().stream()
                                .map(each -> new Budget(each.getKey(), each.getValue().toString()))
                                .toList(),
                now.applies(),
                now.rehearsals());
    }

    @PutMapping("/work-limits/budget")
    @Needs(Role.APPROVER)
    @Operation(summary = "Set or lift the disruption budget of a group or of the fleet")
    LimitsView budget(Operator operator, @RequestBody WantedBudget wanted) {
        limits.budget(
                operator.actor(),
                wanted.group().orElse(""),
                wanted.most().map(Share::parse).orElse(null));
        return limits();
    }

    @PutMapping("/work-limits/capacity")
    @Needs(Role.APPROVER)
    @Operation(summary = "Set how many applies and rehearsals may be under way at once")
    LimitsView capacity(Operator operator, @RequestBody WantedCapacity wanted) {
        limits.capacity(
                operator.actor(), wanted.applies().orElse(null), wanted.rehearsals().orElse(null));
        return limits();
    }

    /// `host` is changed only after `after` was.
    record Step(HostId host, String name, HostId after, String afterName) {}

    /// Both by id or name.
    record WantedStep(@Nullable String host, @Nullable String after) {}

    @GetMapping("/host-sequence")
    @Operation(summary = "Which hosts come after which")
    Items<Step> sequence() {
        return new Items<>(
                sequence.before().entrySet().stream()
                        .flatMap(
                                each ->
                                        each.getValue().stream()
                                                .map(after -> step(each.getKey(), after)))
                        .toList());
    }

    private Step step(HostId host, HostId after) {
        return new Step(host, hosts.get(host).name(), after, hosts.get(after).name());
    }

    @PostMapping("/host-sequence")
    @Needs(Role.APPROVER)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Let a host be changed only after another; never in a circle")
    Step follow(Operator operator, @RequestBody WantedStep wanted) {
        Host host = hosts.named(given("host", wanted.host()));
        Host after = hosts.named(given("after", wanted.after()));
        sequence.add(operator.actor(), host.id(), after.id());
        return step(host.id(), after.id());
    }

    @DeleteMapping("/host-sequence/{host}/{after}")
    @Needs(Role.APPROVER)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Let a host be changed without waiting for another")
    void part(Operator operator, @PathVariable String host, @PathVariable String after) {
        sequence.remove(operator.actor(), hosts.named(host).id(), hosts.named(after).id());
    }

    private List<HostId> ids(List<String> names) {
        return names.stream().map(hosts::named).map(Host::id).distinct().toList();
    }

    private static <T> T given(String name, @Nullable T value) {
        if (value == null) {
            throw Problem.invalid("field-missing", "'%s' is missing.".formatted(name));
        }
        return value;
    }
}
