package dev.understudy.rollout;

import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.platform.Database;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.Deadline;
import dev.understudy.risk.PatchFilter;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.Patches;
import dev.understudy.risk.RankedPatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Says before a deadline is missed that it will be, and by whose waiting; says it again every hour
/// until a person acknowledges it. It moves nothing: what a person holds stays held.
public final class Escalate {
    static final Duration AGAIN = Duration.ofHours(1);

    /// People are told when a quarter of the whole time is left to them.
    static final int TIME_TO_ACT = 4;

    private final Database database;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final Escalations escalations;
    private final Hosts hosts;
    private final Maintenance maintenance;
    private final Patches patches;
    private final MoveRollout turn;
    private final RolloutSettings settings;
    private final InstantSource clock;

    Escalate(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            Escalations escalations,
            Hosts hosts,
            Maintenance maintenance,
            Patches patches,
            MoveRollout turn,
            RolloutSettings settings,
            InstantSource clock) {
        this.database = database;
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.escalations = escalations;
        this.hosts = hosts;
        this.maintenance = maintenance;
        this.patches = patches;
        this.turn = turn;
        this.settings = settings;
        this.clock = clock;
    }

    /// Looks at every rollout that is under way; to be called every minute.
    public void all() {
        Map<RolloutId, Escalation> known =
                escalations.ofRollouts().stream()
                        .collect(
                                Collectors.toMap(
                                        one -> Objects.requireNonNull(one.rollout()),
                                        Function.identity()));
        MaintenanceCalendar calendar = maintenance.calendar();
        Map<String, Map<PatchId, Deadline>> deadlines = new HashMap<>();
        for (RolloutId id : rollouts.toAdvance()) {
            Optional<Escalation> before = Optional.ofNullable(known.remove(id));
            database.inTransaction(() -> look(rollouts.get(id), before, calendar, deadlines));
        }
        known.values().forEach(over -> database.inTransaction(() -> end(over)));
    }

    private void end(Escalation over) {
        escalations.end(over, "The rollout is over.");
    }

    private void look(
            Rollout rollout,
            Optional<Escalation> before,
            MaintenanceCalendar calendar,
            Map<String, Map<PatchId, Deadline>> deadlines) {
        Instant now = clock.instant();
        Optional<Found> found = find(rollout, calendar, deadlines, now);
        if (found.isEmpty()) {
            before.ifPresent(
                    known ->
                            escalations.end(
                                    known, "The deadline can be met, or nothing is left to do."));
            return;
        }
        ForecastEnd.Tightest tightest = found.get().tightest();
        String sentence = sentence(found.get(), now);
        Instant due = tightest.deadline().due();
        if (before.isPresent() && before.get().cause() == found.get().cause()) {
            Escalation known = before.get();
            boolean again = !known.acknowledged() && !now.isBefore(known.toldAt().plus(AGAIN));
            if (again || !known.sentence().equals(sentence)) {
                escalations.update(known, due, tightest.end(), sentence, again);
            }
            return;
        }
        before.ifPresent(known -> escalations.end(known, "It waits for something else now."));
        escalations.raise(rollout, found.get().cause(), due, tightest.end(), sentence);
        turn.tell(rollout.id(), "Escalated", sentence);
    }

    private record Found(Escalation.Cause cause, ForecastEnd.Tightest tightest) {}

    private Optional<Found> find(
            Rollout rollout,
            MaintenanceCalendar calendar,
            Map<String, Map<PatchId, Deadline>> deadlines,
            Instant now) {
        if (!rollout.open() || rollout.state() instanceof Rollout.State.RollingBack) {
            return Optional.empty();
        }
        List<Deployment> all = deployments.of(rollout.id());
        List<Deployment> members = all.stream().filter(Deployment::untouched).toList();
        Map<HostId, String> groups = new HashMap<>();
        hosts.glance(members.stream().map(Deployment::host).toList())
                .forEach((id, host) -> groups.put(id, host.group()));
        Map<HostId, ForecastEnd.Due> dues = new HashMap<>();
        members.stream()
                .collect(Collectors.groupingBy(d -> group(groups, d.host())))
                .forEach(
                        (group, those) ->
                                dues.putAll(
                                        ForecastEnd.dues(
                                                those,
                                                deadlines.computeIfAbsent(
                                                        group, this::deadlines))));
        return ForecastEnd.of(
                        rollout, all, dues, host -> group(groups, host), calendar, settings, now)
                .map(
                        tightest ->
                                new Found(
                                        cause(rollout, calendar, groups, tightest, now), tightest))
                .filter(found -> endangered(found));
    }

    private static String group(Map<HostId, String> groups, HostId host) {
        return groups.getOrDefault(host, "");
    }

    private Map<PatchId, Deadline> deadlines(String group) {
        Map<PatchId, Deadline> deadlines = new HashMap<>();
        for (RankedPatch patch : patches.ranked(PatchFilter.ofGroup(group, true))) {
            Deadline deadline = patch.deadline();
            if (deadline != null) {
                deadlines.put(patch.id(), deadline);
            }
        }
        return deadlines;
    }

    private static Escalation.Cause cause(
            Rollout rollout,
            MaintenanceCalendar calendar,
            Map<HostId, String> groups,
            ForecastEnd.Tightest tightest,
            Instant now) {
        return switch (rollout.state()) {
            case Rollout.State.AwaitingApproval _ -> Escalation.Cause.APPROVAL;
            case Rollout.State.Announced _ -> Escalation.Cause.VETO;
            case Rollout.State.Objected _ -> Escalation.Cause.OBJECTION;
            case Rollout.State.Held _ -> Escalation.Cause.HOLD;
            case Rollout.State.Paused _ -> Escalation.Cause.PAUSE;
            case Rollout.State.Rehearsing _, Rollout.State.Running _, Rollout.State.Soaking _ ->
                    calendar.opening(group(groups, tightest.host()), now).mayBegin(now)
                            ? Escalation.Cause.PACE
                            : Escalation.Cause.WINDOW;
            case Rollout.State.Halted _, Rollout.State.RollingBack _ -> Escalation.Cause.PACE;
            case Rollout.State.RolledBack _, Rollout.State.Completed _ -> Escalation.Cause.PACE;
        };
    }

    /// What waits for a person is told while there is time to act; what goes by itself, only if it
    /// comes too late.
    private static boolean endangered(Found found) {
        Deadline deadline = found.tightest().deadline();
        return switch (found.cause()) {
            case APPROVAL, OBJECTION, HOLD, PAUSE -> {
                Duration whole = Duration.between(deadline.clockStart(), deadline.due());
                yield found.tightest().slack().compareTo(whole.dividedBy(TIME_TO_ACT)) < 0;
            }
            case VETO, WINDOW, PACE, UNPLANNED -> found.tightest().late();
        };
    }

    private String sentence(Found found, Instant now) {
        ForecastEnd.Tightest tightest = found.tightest();
        Instant due = tightest.deadline().due();
        Instant end = tightest.end();
        String waits =
                switch (found.cause()) {
                    case APPROVAL -> "it waits for approval";
                    case VETO -> "its veto window ends too late";
                    case OBJECTION -> "a person objects to it";
                    case HOLD -> "its gate holds it until a person decides";
                    case PAUSE -> "a person paused it";
                    case WINDOW -> "its maintenance window comes too late, or a freeze holds";
                    case PACE -> "its waves and soaks take too long";
                    case UNPLANNED -> "no rollout brings it";
                };
        String then =
                now.isAfter(due)
                        ? "The deadline is missed already"
                        : end == null
                                ? "No window opens for it"
                                : tightest.late()
                                        ? "Even without further waiting it is not through before %s"
                                                .formatted(Sentences.time(end))
                                        : "It has to go on by %s"
                                                .formatted(
                                                        Sentences.time(now.plus(tightest.slack())));
        return "%s is due on %s by %s (%s), and %s. %s."
                .formatted(
                        tightest.patch(),
                        hosts.get(tightest.host()).name(),
                        Sentences.time(due),
                        tightest.deadline().cve(),
                        waits,
                        then);
    }
}
