package dev.understudy.rollout;

import dev.understudy.fleet.Hosts;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.Clue;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds out which patch was at fault when a host failed, and locks it away from the fleet. Until
/// that is known, every patch that could be is under suspicion.
final class Investigate {
    private final Investigations investigations;
    private final Deployments deployments;
    private final Rollouts rollouts;
    private final Makeups makeups;
    private final Hosts hosts;
    private final Quarantine quarantine;
    private final RequestRehearsal rehearse;
    private final Rehearsal.Settings settings;
    private final Diary diary;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    Investigate(
            Investigations investigations,
            Deployments deployments,
            Rollouts rollouts,
            Makeups makeups,
            Hosts hosts,
            Quarantine quarantine,
            RequestRehearsal rehearse,
            Rehearsal.Settings settings,
            Diary diary,
            AuditTrail audit,
            Outbox outbox,
            InstantSource clock) {
        this.investigations = investigations;
        this.deployments = deployments;
        this.rollouts = rollouts;
        this.makeups = makeups;
        this.hosts = hosts;
        this.quarantine = quarantine;
        this.rehearse = rehearse;
        this.settings = settings;
        this.diary = diary;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// Takes note of a host that failed, by what happened to it. What fails on a twin is searched
    /// for there. Where the host itself failed although its twin had not, what the host found
    /// points at the patches; what is proven is locked away, what is not is under suspicion, and
    /// the twin is asked again about several suspects. A failed undo accuses nobody anew.
    void failed(Deployment d, Deployment.Event event) {
        HostPlan plan = d.getPlan();
        if (event instanceof Deployment.Event.RehearsalFailed) {
            String makeup = confined(d);
            if (plan.parts().size() == 1) {
                impose(plan.patches(), d.rollout(), sentence(d), makeup);
            } else {
                search(d, plan, makeup);
            }
        } else if (event instanceof Deployment.Event.ApplyEnded(_, ApplyResult result)) {
            judged(d, blame(d, result.clues()));
        } else if (event instanceof Deployment.Event.SeenUnhealthy) {
            judged(d, blame(d, List.of()));
        } else {
            judged(
                    d,
                    new Blame.HostsOwn(
                            "What failed is the agent, the host or the undo, not the patch. "
                                    + Sentences.of(d.failure())));
        }
    }

    /// The makeup that the failure of a twin is first held against: that of the host, where its
    /// rollout may leave failed classes out and has patched nobody yet; null: all. If the rollout
    /// halts for it, the whole fleet is kept from what failed.
    private @Nullable String confined(Deployment d) {
        Rollout rollout = rollouts.get(d.rollout());
        return rollout.rehearsing() && rollout.terms().rehearsals().leavesOut()
                ? makeups.of(d.rollout()).get(d.host())
                : null;
    }

    private Blame blame(Deployment d, List<Clue> clues) {
        return Blame.of(
                d.getPlan(),
                d.failure(),
                clues,
                deployments.inEffectElsewhere(d.host(), d.getPlan().patches()));
    }

    private void judged(Deployment d, Blame blame) {
        switch (blame) {
            case Blame.HostsOwn(String why) -> {
                Map<PatchId, String> again = again(d, why);
                if (again.isEmpty()) {
                    note(
                            d,
                            "HostsOwn",
                            "No patch is to blame for the failure of %s: %s"
                                    .formatted(name(d.host()), why));
                } else {
                    suspect(d, again);
                }
            }
            case Blame.Patches(Map<PatchId, String> proven, Map<PatchId, String> suspects) -> {
                proven.forEach(
                        (patch, evidence) ->
                                impose(List.of(patch), d.rollout(), sentence(d, evidence), null));
                if (!suspects.isEmpty()) {
                    suspect(d, suspects);
                }
            }
        }
    }

    /// What befalls one host after another is no misfortune: patches with which another host failed
    /// before are under suspicion after all.
    private Map<PatchId, String> again(Deployment d, String why) {
        Map<PatchId, String> again = new LinkedHashMap<>();
        deployments
                .failedElsewhere(d.host(), d.getPlan().patches())
                .forEach(
                        patch ->
                                again.put(
                                        patch,
                                        "Another host failed with it before, so this is no chance: %s"
                                                .formatted(why)));
        return again;
    }

    /// Several suspects are tried on the twin in parts, unless the host is in no state for that.
    private void suspect(Deployment d, Map<PatchId, String> suspects) {
        List<PatchId> patches = List.copyOf(suspects.keySet());
        boolean onTwin = patches.size() > 1 && d.state() instanceof Deployment.State.Restored;
        Investigation investigation =
                investigation(
                        d,
                        onTwin
                                ? InvestigationLifecycle.open(patches, List.of())
                                : new State.Ended(List.of(), patches));
        suspects.forEach(
                (patch, evidence) ->
                        quarantine.suspect(
                                patch,
                                sentence(d, evidence),
                                d.rollout(),
                                investigation.id(),
                                null));
        note(
                d,
                onTwin ? "Investigating" : "Suspected",
                "Under suspicion: %s of %d patches.%s"
                        .formatted(
                                list(patches),
                                d.getPlan().parts().size(),
                                onTwin ? " Each half is being tried on the twin." : ""));
        goOn(investigation);
    }

    private String sentence(Deployment d) {
        String where =
                d.state() instanceof Deployment.State.FailedInTwin
                        ? "It failed on the twin of %s: %s"
                        : "%s failed with it: %s";
        return where.formatted(name(d.host()), Sentences.of(d.failure()));
    }

    private String sentence(Deployment d, String evidence) {
        return evidence + " " + sentence(d);
    }

    private String name(HostId host) {
        return hosts.get(host).name();
    }

    private void note(Deployment d, String what, String sentence) {
        diary.note(d.rollout(), d.host(), what, sentence);
    }

    private void impose(
            List<PatchId> patches, RolloutId rollout, String reason, @Nullable String makeup) {
        patches.forEach(
                patch -> quarantine.impose(patch, reason, NextMoves.MACHINE, rollout, makeup));
    }

    private Investigation investigation(Deployment d, State state) {
        Investigation investigation =
                new Investigation(
                        Ids.at(clock.instant()),
                        d.rollout(),
                        d.host(),
                        d.getPlan(),
                        clock.instant(),
                        state);
        investigations.add(investigation);
        return investigation;
    }

    private void search(Deployment d, HostPlan plan, @Nullable String makeup) {
        List<PatchId> named =
                List.copyOf(Blame.named(plan, d.failure(), "\\b%s\\b", "%s").keySet());
        Investigation investigation =
                investigation(d, InvestigationLifecycle.open(plan.patches(), named));
        plan.patches()
                .forEach(
                        patch ->
                                quarantine.suspect(
                                        patch,
                                        sentence(d),
                                        d.rollout(),
                                        investigation.id(),
                                        makeup));
        note(
                d,
                "Investigating",
                "%d patches failed together; which of them is at fault is being tried on the twin."
                        .formatted(plan.parts().size()));
        goOn(investigation);
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

    /// Culprits are locked away; what could not be cleared stays under suspicion until a person
    /// releases it; the rest is free.
    private void conclude(
            Investigation investigation, List<PatchId> culprits, List<PatchId> uncleared) {
        RolloutId rollout = investigation.rollout();
        impose(
                culprits,
                rollout,
                "It fails by itself on the twin of %s.".formatted(name(investigation.host())),
                quarantine.confined(investigation.id()));
        quarantine.endSuspicions(investigation.id(), uncleared);
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
