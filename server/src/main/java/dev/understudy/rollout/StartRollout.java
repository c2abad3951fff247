package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Inventories;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Patches;
import dev.understudy.rollout.Deployment.Skip;
import dev.understudy.rollout.Deployment.State;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Starts a rollout: settles its rules, plans every host, and lets the rehearsals begin.
public final class StartRollout {
    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final Makeups makeups;
    private final AdvanceRollout advance;
    private final Quarantine quarantine;
    private final AssignWaves assignWaves;
    private final Certification certification;
    private final Hosts hosts;
    private final Inventories inventories;
    private final Patches patches;
    private final SettleTerms settle;
    private final Diary diary;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final RolloutSettings settings;
    private final InstantSource clock;

    StartRollout(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            Makeups makeups,
            AdvanceRollout advance,
            Quarantine quarantine,
            AssignWaves assignWaves,
            Certification certification,
            Hosts hosts,
            Inventories inventories,
            Patches patches,
            SettleTerms settle,
            Diary diary,
            AuditTrail audit,
            Outbox outbox,
            RolloutSettings settings,
            InstantSource clock) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.makeups = makeups;
        this.advance = advance;
        this.quarantine = quarantine;
        this.assignWaves = assignWaves;
        this.certification = certification;
        this.hosts = hosts;
        this.inventories = inventories;
        this.patches = patches;
        this.settle = settle;
        this.diary = diary;
        this.audit = audit;
        this.outbox = outbox;
        this.settings = settings;
        this.clock = clock;
    }

    /// For every host of a group, on a person's word.
    ///
    /// @throws Problem if the group has no hosts, or is only observed
    public RolloutId forGroup(String group, Selection selection, String by) {
        return start(group, hosts.inGroup(group), selection, by, _ -> Set.of());
    }

    /// For these hosts, on a person's word; the strictest of their groups' policies holds.
    ///
    /// @throws Problem if there are none, or one of them is only observed
    public RolloutId forHosts(List<HostId> ids, Selection selection, String by) {
        List<Host> chosen = ids.stream().distinct().map(this::chosen).toList();
        return start("", chosen, selection, by, _ -> Set.of());
    }

    /// A rollout that is only thought of.
    ///
    /// @param forecast what is expected to fail, in a sentence; empty if nobody can tell
    public record Outlook(Certificate certificate, String forecast) {}

    /// What a rollout for a group would promise if it were started now; nothing is started.
    ///
    /// @throws Problem as [#forGroup] does
    public Outlook outlookForGroup(String group, Selection selection) {
        return outlook(group, hosts.inGroup(group), selection);
    }

    /// What a rollout for these hosts would promise if it were started now; nothing is started.
    ///
    /// @throws Problem as [#forHosts] does
    public Outlook outlookForHosts(List<HostId> ids, Selection selection) {
        return outlook("", ids.stream().distinct().map(this::chosen).toList(), selection);
    }

    private Outlook outlook(String group, List<Host> chosen, Selection selection) {
        Terms terms = settle.base(group, chosen);
        Rollout rollout = rollout(group, chosen, selection, terms, "");
        Quarantine.Locked locked = quarantine.locked();
        List<Deployment> planned =
                chosen.stream().map(host -> plan(rollout, host, locked, Set.of())).toList();
        requireWork(planned, selection, locked);
        Certificate certificate =
                certification.outlook(settle.settled(terms, chosen, planned), planned, 0);
        return new Outlook(certificate, assignWaves.expected(planned));
    }

    private Rollout rollout(
            String group, List<Host> chosen, Selection selection, Terms terms, String by) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return new Rollout(
                new RolloutId(Ids.at(now)),
                group,
                title(group, chosen, selection),
                selection,
                terms,
                by,
                by.equals(NextMoves.MACHINE),
                now,
                now,
                new Rollout.State.Rehearsing());
    }

    /// For hosts of a group that the machine chose, without what is not for them now: what people
    /// refused there, and what its group's rules let go another way.
    RolloutId automatically(
            String group,
            List<Host> chosen,
            Selection selection,
            Function<HostId, Set<PatchId>> without) {
        return start(group, chosen, selection, NextMoves.MACHINE, without);
    }

    private Host chosen(HostId id) {
        Host host =
                hosts.find(id)
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "host-not-found",
                                                "There is no host %s. See: understudy hosts"
                                                        .formatted(id)));
        if (host.retired()) {
            throw Problem.conflict(
                    "host-retired", "Host %s (%s) is retired.".formatted(host.name(), id));
        }
        return host;
    }

    private RolloutId start(
            String group,
            List<Host> chosen,
            Selection selection,
            String by,
            Function<HostId, Set<PatchId>> refused) {
        boolean automatic = by.equals(NextMoves.MACHINE);
        return database.inTransaction(
                () -> {
                    rollouts.startAlone();
                    Rollout draft =
                            rollout(group, chosen, selection, settle.base(group, chosen), by);
                    RolloutId id = draft.id();
                    Quarantine.Locked locked = quarantine.locked();
                    List<Deployment> planned =
                            chosen.stream()
                                    .map(
                                            host -> {
                                                Set<PatchId> notHere =
                                                        new HashSet<>(refused.apply(host.id()));
                                                notHere.addAll(excepted(host.id()));
                                                return plan(draft, host, locked, notHere);
                                            })
                                    .toList();
                    if (!automatic) {
                        requireWork(planned, selection, locked);
                    }
                    Terms terms = settle.settled(draft.terms(), chosen, planned);
                    Rollout rollout = draft.under(terms);
                    rollouts.add(rollout);
                    planned.forEach(deployments::add);
                    makeups.keep(
                            id,
                            inventories.makeups(planned.stream().map(Deployment::host).toList()));
                    diary.note(
                            id,
                            null,
                            "Rehearsing",
                            "Started by %s: %s.".formatted(by, rollout.title()));
                    tell(rollout);
                    assignWaves.announce(rollout, planned);
                    audit.append(
                            by,
                            "rollout.started",
                            "rollout:" + id,
                            Map.of(
                                    "title", rollout.title(),
                                    "hosts", Integer.toString(chosen.size()),
                                    "terms", terms.toString()));
                    outbox.publish(new RolloutStarted(id, group, by, automatic));
                    advance.advance(rollouts.lock(id));
                    return id;
                });
    }

    /// Says under which rule it goes, where there was something to decide.
    private void tell(Rollout rollout) {
        String why = rollout.terms().consent().why();
        if (!why.isEmpty()) {
            diary.note(rollout.id(), null, "Consent", why);
        }
    }

    /// What people decided to leave open for now on the host.
    Set<PatchId> excepted(HostId host) {
        return patches.excepted(host).keySet();
    }

    /// A person who asks for what nobody needs is told so at once.
    private static void requireWork(
            List<Deployment> planned, Selection selection, Quarantine.Locked locked) {
        boolean nothing =
                planned.stream()
                        .allMatch(
                                d ->
                                        d.state() instanceof State.Skipped(Skip why, _, _)
                                                && why == Skip.NOTHING_PENDING);
        if (!nothing) {
            return;
        }
        if (selection instanceof Selection.Chosen(List<PatchId> patches)
                && locked.everywhere().containsAll(patches)) {
            throw Problem.conflict(
                    "quarantined",
                    "%s: no host may get it before it is released. For the reason, see: understudy quarantine"
                            .formatted(
                                    patches.stream()
                                            .map(patch -> patch + " is in quarantine")
                                            .collect(Collectors.joining(", "))));
        }
        String what =
                switch (selection) {
                    case Selection.AllSecurity _ -> "No security patch";
                    case Selection.Chosen(List<PatchId> patches) ->
                            patches.stream()
                                    .map(PatchId::toString)
                                    .collect(Collectors.joining(", "));
                };
        throw Problem.conflict(
                "nothing-pending",
                "%s is pending on none of these %d hosts, or it is held back or quarantined there. See: understudy patches; understudy why HOST; understudy quarantine"
                        .formatted(what, planned.size()));
    }

    private static String title(String group, List<Host> chosen, Selection selection) {
        String what =
                switch (selection) {
                    case Selection.AllSecurity _ -> "all security patches";
                    case Selection.Chosen(List<PatchId> patches) ->
                            patches.size() == 1
                                    ? patches.getFirst().source()
                                            + " "
                                            + patches.getFirst().version()
                                    : patches.size() + " patches";
                };
        String whom =
                chosen.size() == 1
                        ? chosen.getFirst().name()
                        : chosen.size() + " hosts" + (group.isEmpty() ? "" : " of " + group);
        return what + " for " + whom;
    }

    private Deployment plan(
            Rollout rollout, Host host, Quarantine.Locked locked, Set<PatchId> notHere) {
        Optional<Inventory> inventory = inventories.latest(host.id());
        Optional<HostPlan> plan =
                inventory.flatMap(
                        facts -> {
                            Set<PatchId> without = new HashSet<>(locked.on(facts));
                            without.addAll(notHere);
                            return PlanHost.plan(facts, rollout.selection(), without);
                        });
        State state =
                why(host, inventory.isPresent(), plan, rollout.startedAt())
                        .<State>map(skipped -> skipped)
                        .orElseGet(() -> new State.Planned(false));
        return new Deployment(
                rollout.id(), host.id(), plan.orElse(null), 0, 0, rollout.startedAt(), state);
    }

    /// Why the host cannot take part.
    private Optional<State.Skipped> why(
            Host host, boolean known, Optional<HostPlan> plan, Instant now) {
        if (deployments.open(host.id()).isPresent()) {
            return skip(Skip.IN_OTHER_ROLLOUT, "The host is in another rollout that is not over.");
        }
        if (!known || offline(host, now)) {
            return skip(Skip.OFFLINE, "The host was last seen at %s.".formatted(lastSeen(host)));
        }
        if (!host.managed()) {
            return skip(Skip.OBSERVE_ONLY, "The host's owner lets its agent only observe.");
        }
        if (plan.isEmpty()) {
            return skip(
                    Skip.NOTHING_PENDING,
                    "Nothing that was chosen is pending, unblocked, and neither quarantined nor"
                            + " excepted.");
        }
        return Optional.empty();
    }

    private static String lastSeen(Host host) {
        Instant seen = host.lastSeen();
        return seen == null ? "no time" : Sentences.time(seen);
    }

    boolean offline(Host host, Instant now) {
        Instant seen = host.lastSeen();
        return seen == null || seen.plus(settings.offline()).isBefore(now);
    }

    private static Optional<State.Skipped> skip(Skip why, String reason) {
        return Optional.of(new State.Skipped(why, reason));
    }
}
