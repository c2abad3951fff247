package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.rehearsal.Rehearsal;
import dev.understudy.rehearsal.RequestRehearsal;
import dev.understudy.risk.PatchId;
import dev.understudy.rollout.Investigation.Event;
import dev.understudy.rollout.Investigation.Outcome;
import dev.understudy.rollout.Investigation.State;
import dev.understudy.rollout.Investigation.Trial;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds out which patch was at fault when a host failed, and locks it away from the fleet. Until
/// that is known, every patch that could be is under suspicion.
final class Investigate {
    private final Investigations investigations;
    private final Quarantine quarantine;
    private final RequestRehearsal rehearse;
    private final Rehearsal.Settings settings;
    private final Diary diary;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    Investigate(
            Investigations investigations,
            Quarantine quarantine,
            RequestRehearsal rehearse,
            Rehearsal.Settings settings,
            Diary diary,
            AuditTrail audit,
            Outbox outbox,
            InstantSource clock) {
        this.investigations = investigations;
        this.quarantine = quarantine;
        this.rehearse = rehearse;
        this.settings = settings;
        this.diary = diary;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// Takes note of a host that failed. What fails on a twin is searched for there; a fault that
    /// shows only on the host itself cannot be reproduced, so unless the package manager names the
    /// package, none of the host's patches can be cleared.
    void failed(Deployment d) {
        HostPlan plan = d.getPlan();
        List<String> reasons = d.failure();
        if (plan.parts().size() == 1) {
            impose(plan.patches(), d.rollout(), sentence(d));
        } else if (d.state() instanceof Deployment.State.FailedInTwin) {
            open(d, plan, reasons);
        } else {
            List<PatchId> named = named(plan, reasons, "package %s\\b");
            impose(named.isEmpty() ? plan.patches() : named, d.rollout(), sentence(d));
        }
    }

    private static String sentence(Deployment d) {
        String where =
                d.state() instanceof Deployment.State.FailedInTwin
                        ? "It failed on the twin of host %s: %s"
                        : "Host %s failed with it: %s";
        return where.formatted(d.host(), Sentences.of(d.failure()));
    }

    private void impose(List<PatchId> patches, RolloutId rollout, String reason) {
        patches.forEach(patch -> quarantine.impose(patch, reason, NextMoves.MACHINE, rollout));
    }

    private void open(Deployment d, HostPlan plan, List<String> reasons) {
        Investigation investigation =
                new Investigation(
                        Ids.at(clock.instant()),
                        d.rollout(),
                        d.host(),
                        plan,
                        clock.instant(),
                        InvestigationLifecycle.open(
                                plan.patches(), named(plan, reasons, "\\b%s\\b")));
        investigations.add(investigation);
        plan.patches()
                .forEach(
                        patch ->
                                quarantine.suspect(
                                        patch, sentence(d), d.rollout(), investigation.id()));
        diary.note(
                d.rollout(),
                d.host(),
                "Investigating",
                "%d patches failed together; which of them is at fault is being tried on the twin."
                        .formatted(plan.parts().size()));
        goOn(investigation);
    }

    /// Patches one of whose packages is named in the reasons, in the manner of `pattern`.
    private static List<PatchId> named(HostPlan plan, List<String> reasons, String pattern) {
        String text = String.join("\n", reasons);
        return plan.parts().stream()
                .filter(
                        part ->
                                part.changes().stream()
                                        .map(PackageChange::name)
                                        .map(Pattern::quote)
                                        .map(pattern::formatted)
                                        .anyMatch(
                                                name -> Pattern.compile(name).matcher(text).find()))
                .map(HostPlan.Part::patch)
                .toList();
    }

    /// Takes the end of a rehearsal, if it was one of an investigation.
    void rehearsed(Rehearsal rehearsal) {
        OrderId id = rehearsal.id();
        investigations
                .lockByOrder(id)
                .ifPresent(investigation -> goOn(moved(investigation, eventOf(rehearsal))));
    }

    void retired(HostId host) {
        investigations
                .lockOpen(host)
                .forEach(investigation -> goOn(moved(investigation, new Event.Abandoned())));
    }

    private static Event eventOf(Rehearsal rehearsal) {
        OrderId id = rehearsal.id();
        return switch (rehearsal.state()) {
            case Rehearsal.State.Finished(var evidence) ->
                    new Event.Answered(
                            id,
                            evidence.extraChanges().isEmpty()
                                    ? switch (rehearsal.verdict()) {
                                        case PASSED -> Outcome.PASSED;
                                        case FAILED -> Outcome.FAILED;
                                        case INCONCLUSIVE -> Outcome.UNTESTABLE;
                                    }
                                    : Outcome.UNTESTABLE);
            case Rehearsal.State.Lost(Rehearsal.Loss why, _) ->
                    why == Rehearsal.Loss.RETIRED ? new Event.Abandoned() : new Event.Lost(id);
            case Rehearsal.State.Requested _, Rehearsal.State.Running _ ->
                    throw new IllegalStateException("rehearsal %s has not ended".formatted(id));
        };
    }

    private Investigation moved(Investigation investigation, Event event) {
        return investigation.with(InvestigationLifecycle.next(investigation.state(), event));
    }

    private void goOn(Investigation investigation) {
        Investigation current = investigation;
        Trial trial = current.trial().orElse(null);
        if (trial != null && trial.order() == null) {
            Plan plan = part(current.plan(), trial.patches());
            OrderId order = rehearse.request(current.host(), plan, settings, NextMoves.MACHINE);
            current = moved(current, new Event.Ordered(order));
            diary.note(
                    current.rollout(),
                    current.host(),
                    "Investigating",
                    "Trying %s alone.".formatted(list(trial.patches())));
        }
        investigations.save(current);
        if (current.state() instanceof State.Ended(var culprits, var uncleared)) {
            conclude(current, culprits, uncleared);
        }
    }

    private void conclude(
            Investigation investigation, List<PatchId> culprits, List<PatchId> uncleared) {
        RolloutId rollout = investigation.rollout();
        impose(
                culprits,
                rollout,
                "It fails by itself on the twin of host %s.".formatted(investigation.host()));
        impose(
                uncleared,
                rollout,
                "It failed together with others on the twin of host %s and could not be cleared."
                        .formatted(investigation.host()));
        quarantine.endSuspicions(investigation.id());
        List<PatchId> kept = new ArrayList<>(culprits);
        kept.addAll(uncleared);
        String sentence =
                "At fault: %s. Not cleared: %s.".formatted(list(culprits), list(uncleared));
        diary.note(rollout, investigation.host(), "Investigated", sentence);
        audit.append(
                NextMoves.MACHINE,
                "rollout.investigated",
                "rollout:" + rollout,
                Map.of("result", sentence));
        outbox.publish(new CulpritsFound(rollout, investigation.host(), kept));
    }

    private static Plan part(HostPlan plan, List<PatchId> patches) {
        Stream<PackageChange> changes =
                plan.parts().stream()
                        .filter(part -> patches.contains(part.patch()))
                        .flatMap(part -> part.changes().stream());
        return new Plan(changes.toList());
    }

    private static String list(List<PatchId> patches) {
        return patches.isEmpty()
                ? "none"
                : String.join(", ", patches.stream().map(PatchId::source).toList());
    }
}
