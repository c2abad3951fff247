package dev.understudy.console;

import java.util.List;

/// What the overview page shows, in words ready to print.
///
/// @param stop why the whole fleet is stopped, and by whom; empty when it is not
public record OverviewView(
        String stop,
        List<EscalationRow> escalations,
        List<Figure> figures,
        String coverage,
        List<RolloutRow> rollouts,
        List<PatchRow> patches,
        List<HostRow> hosts) {

    /// A deadline in danger; `known` is who acknowledged it, empty if nobody did, and then `next`
    /// is the command for it.
    public record EscalationRow(String whose, String sentence, String known, String next) {}

    /// One number with its meaning; `alarming` when it needs someone.
    public record Figure(String value, String label, boolean alarming) {}

    /// One rollout: `parts` are its deployments by state, in the order of the loop; `next` is the
    /// command that a person would give now, empty if nobody has to; `promise` is what its
    /// certificate says, or why there is none; `forecast` what it was expected to break, if known;
    /// `rehearsals` which rehearsals it rests on, while it is open.
    public record RolloutRow(
            String id,
            String title,
            String state,
            String started,
            String by,
            String detail,
            String promise,
            String forecast,
            String rehearsals,
            String next,
            String tone,
            List<Part> parts) {}

    /// How many hosts of a rollout are in a state, with their share in percent.
    public record Part(String state, String tone, int hosts, int percent) {}

    public record PatchRow(
            String id,
            String deadline,
            boolean overdue,
            String exploited,
            int cves,
            int hosts,
            String sentence) {}

    public record HostRow(
            String name,
            String group,
            String system,
            String mode,
            int pending,
            String seen,
            boolean silent,
            String reason) {}
}
