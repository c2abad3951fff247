package dev.understudy.rollout;

import dev.understudy.governance.Autonomy;
import dev.understudy.risk.DeadlineClass;
import dev.understudy.risk.PatchClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What goes beyond the one autonomy of a group's policy: by class of patch and of deadline, and
/// what is different in an emergency, which is a patch that is due within three days.
///
/// @param rules the first that fits decides; where none does, the group's policy
/// @param veto for how long a rollout is announced before it starts
/// @param emergencySoak the soak of a rollout that brings nothing but emergencies; null for the
///   policy's own. Longer than that it is never
/// @param triage for which patches evidence is secured on the host before it is changed
/// @param triageMayFail whether a host is patched although its evidence could not be secured
public record GroupAutonomy(
        String group,
        List<AutonomyRule> rules,
        Duration veto,
        @Nullable Duration emergencySoak,
        Triage triage,
        boolean triageMayFail) {
    private static final Duration USUAL_VETO = Duration.ofHours(24);
    private static final Duration LONGEST_VETO = Duration.ofDays(30);
    private static final Duration LONGEST_SOAK = Duration.ofDays(30);
    private static final int MOST_RULES = 50;

    /// When evidence is secured first.
    public enum Triage {
        NEVER,
        /// Where the directive that sets the deadline asks for it.
        WHERE_ASKED,
        /// For everything that is due within three days.
        EMERGENCIES
    }

    public GroupAutonomy {
        rules = List.copyOf(rules);
        if (group.isBlank()) {
            throw new IllegalArgumentException("the group has no name");
        }
        if (rules.size() > MOST_RULES) {
            throw new IllegalArgumentException(
                    "%d rules; at most %d are read".formatted(rules.size(), MOST_RULES));
        }
        requireVeto(veto);
        if (emergencySoak != null
                && (emergencySoak.isNegative() || emergencySoak.compareTo(LONGEST_SOAK) > 0)) {
            throw new IllegalArgumentException(
                    "emergencySoak is '%s'; expected PT0S to P30D".formatted(emergencySoak));
        }
    }

    /// What holds where nobody decided.
    public static GroupAutonomy usual(String group) {
        return new GroupAutonomy(group, List.of(), USUAL_VETO, null, Triage.WHERE_ASKED, false);
    }

    static void requireVeto(Duration veto) {
        if (!veto.isPositive() || veto.compareTo(LONGEST_VETO) > 0) {
            throw new IllegalArgumentException(
                    "the veto window is '%s'; expected more than no time and at most P30D"
                            .formatted(veto));
        }
    }

    /// How far the machine may go, for how long it waits for objections, and which line says so.
    record Decided(Autonomy autonomy, Duration veto, String rule) {}

    /// @param usual the autonomy of the group's policy
    Decided decide(PatchClass patch, DeadlineClass deadline, Autonomy usual) {
        for (int i = 0; i < rules.size(); i++) {
            AutonomyRule rule = rules.get(i);
            if (rule.fits(patch, deadline)) {
                return decided(
                        rule.autonomy(),
                        rule.veto() == null ? veto : rule.veto(),
                        "rule %d of group %s (%s)".formatted(i + 1, group, rule.whom()));
            }
        }
        return decided(usual, veto, "the policy of group " + group);
    }

    private static Decided decided(Autonomy autonomy, Duration veto, String rule) {
        return new Decided(autonomy, autonomy == Autonomy.VETO ? veto : Duration.ZERO, rule);
    }

    Optional<Duration> shorterSoak() {
        return Optional.ofNullable(emergencySoak);
    }

    /// Whether the machine prepares rollouts of any patch by itself.
    boolean plans(Autonomy usual) {
        return usual.plans() || rules.stream().anyMatch(rule -> rule.autonomy().plans());
    }
}
