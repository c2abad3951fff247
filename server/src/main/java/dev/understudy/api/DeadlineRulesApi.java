package dev.understudy.api;

import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import dev.understudy.risk.DeadlineClocks;
import dev.understudy.risk.DeadlineRule;
import dev.understudy.risk.DeadlineRules;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// By which rule deadlines are set, and what started each clock.
@RestController
@RequestMapping("/api/v1/deadline-rules")
public final class DeadlineRulesApi {
    private final DeadlineRules rules;
    private final DeadlineClocks clocks;

    public DeadlineRulesApi(DeadlineRules rules, DeadlineClocks clocks) {
        this.rules = rules;
        this.clocks = clocks;
    }

    /// A group's rule; the empty name is for every group without its own.
    record View(String group, DeadlineRule rule) {}

    /// What the rule shall be; without days, the standard's usual ones.
    record Wanted(
            Optional<String> group,
            DeadlineRule.@Nullable Standard standard,
            Optional<List<Integer>> days,
            Optional<Boolean> businessDays,
            Optional<List<LocalDate>> holidays) {}

    @GetMapping
    Items<View> all() {
        Map<String, DeadlineRule> decided = new TreeMap<>(rules.decided());
        decided.putIfAbsent("", DeadlineRule.USUAL);
        return new Items<>(
                decided.entrySet().stream()
                        .map(each -> new View(each.getKey(), each.getValue()))
                        .toList());
    }

    @PutMapping
    @Needs(Role.APPROVER)
    View put(Operator operator, @RequestBody Wanted wanted) {
        DeadlineRule.Standard standard = wanted.standard();
        if (standard == null) {
            throw Problem.invalid(
                    "deadline-standard-missing", "Name a standard: BOD_26_04, SSVC, PCI or SLA.");
        }
        DeadlineRule rule =
                new DeadlineRule(
                        standard,
                        wanted.days().orElse(standard.usual()),
                        wanted.businessDays().orElse(false),
                        wanted.holidays().orElse(List.of()));
        String group = wanted.group().orElse("");
        rules.put(operator.actor(), group, rule);
        return new View(group, rule);
    }

    /// Every start of a clock that is on record for a CVE.
    @GetMapping("/clocks/{cve}")
    Items<DeadlineClocks.Start> clocks(@PathVariable String cve) {
        return new Items<>(clocks.of(cve));
    }
}
