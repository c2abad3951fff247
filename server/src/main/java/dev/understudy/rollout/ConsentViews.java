package dev.understudy.rollout;

import dev.understudy.platform.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who let a rollout start, or may, as people look at it.
public final class ConsentViews {
    private final Rollouts rollouts;
    private final Approvals approvals;
    private final Objections objections;
    private final Escalations escalations;
    private final Triages triages;
    private final BindApproval bind;

    ConsentViews(
            Rollouts rollouts,
            Approvals approvals,
            Objections objections,
            Escalations escalations,
            Triages triages,
            BindApproval bind) {
        this.rollouts = rollouts;
        this.approvals = approvals;
        this.objections = objections;
        this.escalations = escalations;
        this.triages = triages;
        this.bind = bind;
    }

    /// @param rule which patch and which rule decided how far the machine may go
    /// @param escalation why a deadline will be missed unless somebody acts
    /// @param emergency what is different because all is due within three days; empty if nothing is
    public record View(
            String rule,
            String emergency,
            List<Approved> approvals,
            List<Objections.Objection> objections,
            Optional<Escalation> escalation) {}

    /// An approval without its text.
    public record Approved(
            String planHash,
            String by,
            String reason,
            Instant at,
            @Nullable Instant voidAt,
            @Nullable String voidReason) {}

    View of(Rollout rollout) {
        Emergency emergency = rollout.terms().emergency();
        return new View(
                rollout.terms().consent().why(),
                emergency == null ? "" : emergency.sentence(),
                approvals.of(rollout.id()).stream()
                        .map(
                                one ->
                                        new Approved(
                                                one.planHash(),
                                                one.by(),
                                                one.reason(),
                                                one.at(),
                                                one.voidAt(),
                                                one.voidReason()))
                        .toList(),
                objections.of(rollout.id()),
                escalations.open().stream()
                        .filter(one -> rollout.id().equals(one.rollout()))
                        .findFirst());
    }

    /// Every approval with the text that was approved, oldest first.
    ///
    /// @throws Problem if there is no such rollout
    public List<Approvals.Approval> approvals(RolloutId id) {
        return approvals.of(rollouts.get(id).id());
    }

    /// Which evidence the hosts secured before they were patched.
    ///
    /// @throws Problem if there is no such rollout
    public List<Triages.Entry> triage(RolloutId id) {
        return triages.of(rollouts.get(id).id());
    }

    /// What would be approved now, word for word; its SHA-256 is the plan's.
    ///
    /// @throws Problem if there is no such rollout
    public String plan(RolloutId id) {
        return bind.plan(rollouts.get(id)).text();
    }
}
