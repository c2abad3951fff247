package dev.understudy.api;

import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Environment;
import dev.understudy.fleet.Exposure;
import dev.understudy.fleet.Group;
import dev.understudy.fleet.Groups;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.SettleGroup;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Policies;
import dev.understudy.governance.Policy;
import dev.understudy.governance.Proof;
import dev.understudy.governance.Trials;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import java.time.Duration;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// The groups of hosts, each with its policy.
@RestController
@RequestMapping("/api/v1/groups")
public final class GroupsApi {
    private final Groups groups;
    private final Hosts hosts;
    private final Policies policies;
    private final SettleGroup settle;

    public GroupsApi(Groups groups, Hosts hosts, Policies policies, SettleGroup settle) {
        this.groups = groups;
        this.hosts = hosts;
        this.policies = policies;
        this.settle = settle;
    }

    /// A group as it is; `hosts` counts those that are not retired.
    public record View(
            String name,
            Environment environment,
            Criticality criticality,
            Exposure exposure,
            int hosts,
            Policy policy) {}

    /// What a group shall be: what is left out stays, or is the safest for a new group.
    public record Wanted(
            Optional<Environment> environment,
            Optional<Criticality> criticality,
            Optional<Exposure> exposure,
            Optional<WantedPolicy> policy) {}

    /// What its policy shall be, likewise.
    public record WantedPolicy(
            Optional<Autonomy> autonomy,
            Optional<Integer> canaries,
            Optional<Duration> soak,
            Optional<Integer> percentPerWave,
            Optional<RebootPolicy> reboot,
            Optional<WantedProof> proof,
            Optional<WantedTrials> trials) {

        Policy over(Policy former) {
            return new Policy(
                    former.group(),
                    autonomy.orElse(former.autonomy()),
                    canaries.orElse(former.canaries()),
                    soak.orElse(former.soak()),
                    percentPerWave.orElse(former.percentPerWave()),
                    reboot.orElse(former.reboot()),
                    proof.map(wanted -> wanted.over(former.proof())).orElse(former.proof()),
                    trials.map(wanted -> wanted.over(former.trials())).orElse(former.trials()));
        }
    }

    /// Who shall rehearse first, likewise.
    public record WantedTrials(Optional<Trials.Who> who, Optional<Double> leaveOutPercent) {
        Trials over(Trials former) {
            return new Trials(
                    who.orElse(former.who()), leaveOutPercent.orElse(former.leaveOutPercent()));
        }
    }

    /// What its rollouts shall prove, likewise; percentages from 0 to 100.
    public record WantedProof(
            Optional<Proof.Gate> gate,
            Optional<Double> harmlessPercent,
            Optional<Double> harmfulPercent,
            Optional<Double> missPercent,
            Optional<Double> falseHaltPercent,
            Optional<Double> limitPercent,
            Optional<Double> shownPercent) {

        Proof over(Proof former) {
            return new Proof(
                    gate.orElse(former.gate()),
                    harmlessPercent.orElse(former.harmlessPercent()),
                    harmfulPercent.orElse(former.harmfulPercent()),
                    missPercent.orElse(former.missPercent()),
                    falseHaltPercent.orElse(former.falseHaltPercent()),
                    limitPercent.orElse(former.limitPercent()),
                    shownPercent.orElse(former.shownPercent()));
        }
    }

    @GetMapping
    Items<View> all() {
        return new Items<>(groups.all().stream().map(this::view).toList());
    }

    @GetMapping("/{name}")
    View show(@PathVariable String name) {
        return groups.find(name).map(this::view).orElseThrow(() -> unknown(name));
    }

    /// Makes the group, or changes it.
    @PutMapping("/{name}")
    View put(Operator operator, @PathVariable String name, @RequestBody Wanted wanted) {
        if (!Group.isName(name)) {
            throw Problem.invalid(
                    "group-name-invalid",
                    "'%s' cannot name a group. Use lower-case letters, digits, '.', '_' and '-'."
                            .formatted(name));
        }
        Group former = groups.find(name).orElseGet(() -> Group.named(name));
        Group group =
                new Group(
                        name,
                        wanted.environment().orElse(former.environment()),
                        wanted.criticality().orElse(former.criticality()),
                        wanted.exposure().orElse(former.exposure()));
        settle.put(operator.actor(), group, wanted.policy().map(policy -> over(policy, name)));
        return show(name);
    }

    private Policy over(WantedPolicy wanted, String group) {
        try {
            return wanted.over(policies.forGroup(group));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("policy-invalid", "The policy is refused: " + e.getMessage());
        }
    }

    private View view(Group group) {
        return new View(
                group.name(),
                group.environment(),
                group.criticality(),
                group.exposure(),
                hosts.count(group.name()),
                policies.forGroup(group.name()));
    }

    private static Problem unknown(String name) {
        return Problem.notFound(
                "group-not-found",
                "There is no group '%s'. See: understudy groups".formatted(name));
    }
}
