package dev.understudy.api;

import dev.understudy.fleet.Groups;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Policies;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import dev.understudy.rollout.AutonomyRule;
import dev.understudy.rollout.GroupAutonomies;
import dev.understudy.rollout.GroupAutonomy;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// How far the machine may go in a group, by class of patch and of deadline.
@RestController
@RequestMapping("/api/v1/groups/{name}/autonomy")
public final class AutonomyApi {
    private final Groups groups;
    private final Policies policies;
    private final GroupAutonomies autonomies;

    public AutonomyApi(Groups groups, Policies policies, GroupAutonomies autonomies) {
        this.groups = groups;
        this.policies = policies;
        this.autonomies = autonomies;
    }

    /// A group's rules in their order; where none fits, `otherwise` holds.
    public record View(GroupAutonomy autonomy, Autonomy otherwise) {}

    /// What shall hold; what is left out stays.
    ///
    /// @param usualSoak true where emergencies are to soak as long as everything else
    public record Wanted(
            Optional<List<AutonomyRule>> rules,
            Optional<Duration> veto,
            Optional<Duration> emergencySoak,
            Optional<Boolean> usualSoak,
            Optional<GroupAutonomy.Triage> triage,
            Optional<Boolean> triageMayFail) {
        GroupAutonomy over(GroupAutonomy former) {
            return new GroupAutonomy(
                    former.group(),
                    rules.orElse(former.rules()),
                    veto.orElse(former.veto()),
                    usualSoak.orElse(false) ? null : emergencySoak.orElse(former.emergencySoak()),
                    triage.orElse(former.triage()),
                    triageMayFail.orElse(former.triageMayFail()));
        }
    }

    @GetMapping
    @Operation(summary = "The rules of a group; the first that fits a patch decides")
    View show(@PathVariable String name) {
        return new View(autonomies.forGroup(known(name)), policies.forGroup(name).autonomy());
    }

    @PutMapping
    @Needs(Role.APPROVER)
    @Operation(summary = "Decide how far the machine may go in a group")
    View put(Operator operator, @PathVariable String name, @RequestBody Wanted wanted) {
        GroupAutonomy decided;
        try {
            decided = wanted.over(autonomies.forGroup(known(name)));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("autonomy-invalid", "The rules are refused: " + e.getMessage());
        }
        autonomies.put(operator.actor(), decided);
        return show(name);
    }

    private String known(String name) {
        return groups.find(name)
                .orElseThrow(
                        () ->
                                Problem.notFound(
                                        "group-not-found",
                                        "There is no group '%s'. See: understudy groups"
                                                .formatted(name)))
                .name();
    }
}
