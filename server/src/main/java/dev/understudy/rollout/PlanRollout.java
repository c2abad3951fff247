package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.OrderTimes;
import dev.understudy.fleet.Standing;
import dev.understudy.fleet.Wait;
import dev.understudy.fleet.Work;
import dev.understudy.fleet.WorkGate;
import dev.understudy.governance.Trials;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.schedule.Instance;
import dev.understudy.rollout.schedule.Job;
import dev.understudy.rollout.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Works out when each host of a rollout that has not its patch yet is expected to get it, given
/// its windows, HA group, budget, capacity, wave and the hosts before it. What other rollouts do
/// meanwhile is left out. Nothing is bound to the plan: hosts are begun with when they may be, the
/// most urgent first.
public final class PlanRollout {
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final AssignWaves assignWaves;
    private final Urgency urgency;
    private final OrderTimes times;
    private final Hosts hosts;
    private final Maintenance maintenance;
    private final WorkGate work;
    private final RolloutSettings settings;
    private final InstantSource clock;

    PlanRollout(
            Rollouts rollouts,
            Deployments deployments,
            AssignWaves assignWaves,
            Urgency urgency,
            OrderTimes times,
            Hosts hosts,
            Maintenance maintenance,
            WorkGate work,
            RolloutSettings settings,
            InstantSource clock) {
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.assignWaves = assignWaves;
        this.urgency = urgency;
        this.times = times;
        this.hosts = hosts;
        this.maintenance = maintenance;
        this.work = work;
        this.settings = settings;
        this.clock = clock;
    }

    /// @throws Problem if there is no such rollout, or it does not go on by itself
    public RolloutSchedule of(RolloutId id) {
        Rollout rollout = rollouts.get(id);
        if (!rollout.open() || rollout.state() instanceof Rollout.State.RollingBack) {
            throw Problem.conflict(
                    "rollout-over",
                    "Rollout %s patches no further host: it is %s."
                            .formatted(id.brief(), MoveRollout.name(rollout.state())));
        }
        List<Deployment> left = deployments.of(id).stream().filter(PlanRollout::takesPart).toList();
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Draft draft = new Draft(rollout, left, now);
        return RolloutSchedule.of(now, draft.members, Schedule.of(draft.instance()), draft.takes);
    }

    private static boolean takesPart(Deployment d) {
        return d.untouched()
                || d.state() instanceof State.Applying
                || d.state() instanceof State.Verifying;
    }

    /// The numbers of one rollout.
    private final class Draft {
        private final Rollout rollout;
        private final List<Deployment> left;
        private final Instant now;
        private final OrderTimes.Times takes;
        private final Map<HostId, Urgency.Need> needs;
        private final Standing standing;
        private final long oneRehearsal;
        private final Map<HostId, Integer> foreseen;
        private final Map<HostId, Integer> numbers = new HashMap<>();
        private final Map<String, Integer> lanes = new LinkedHashMap<>();
        private final Map<String, Integer> haGroups = new LinkedHashMap<>();
        private final List<RolloutSchedule.Member> members = new ArrayList<>();

        Draft(Rollout rollout, List<Deployment> left, Instant now) {
            this.rollout = rollout;
            this.left = left;
            this.now = now;
            takes = urgency.takes(left);
            needs = urgency.needs(left);
            standing = work.look(left.stream().map(Deployment::host).toList());
            oneRehearsal =
                    times.rehearsals(settings.rehearsal().soak().plus(Urgency.GUESS))
                            .usual()
                            .toSeconds();
            List<Deployment> unsettled =
                    left.stream().filter(d -> d.untouched() && d.wave() == 0).toList();
            foreseen = unsettled.isEmpty() ? Map.of() : assignWaves.foresee(rollout, unsettled);
            left.forEach(d -> numbers.put(d.host(), numbers.size()));
        }

        Instance instance() {
            MaintenanceCalendar calendar = maintenance.calendar();
            List<Job> jobs = new ArrayList<>();
            for (Deployment d : left) {
                Host host = hosts.get(d.host());
                int lane = number(lanes, host.group());
                jobs.add(job(d, lane));
                Urgency.Need need = needs.get(d.host());
                members.add(
                        new RolloutSchedule.Member(
                                d.host(),
                                host.name(),
                                host.group(),
                                wave(d),
                                MoveDeployment.name(d),
                                need == null ? null : need.due(),
                                calendar.opening(host.group(), now)
                                        .forbids(host.group(), now)
                                        .orElse("")));
            }
            return new Instance(
                    jobs,
                    lanes.keySet().stream().map(group -> lane(calendar, group)).toList(),
                    haGroups.keySet().stream().map(this::slots).toList(),
                    standing.mostApplies(),
                    rollout.terms().soak().toSeconds(),
                    wavesFrom(rollout.state()));
        }

        private Instance.Lane lane(MaintenanceCalendar calendar, String group) {
            return new Instance.Lane(
                    new CalendarWindows(calendar, group, now), standing.mostInWork(group));
        }

        /// Members that are down take a place for good.
        private int slots(String haGroup) {
            return Math.max(0, standing.mayBeOut(haGroup) - standing.down(haGroup).size());
        }

        private int wave(Deployment d) {
            return d.wave() > 0 ? d.wave() : foreseen.getOrDefault(d.host(), 1);
        }

        private Job job(Deployment d, int lane) {
            Urgency.Need need = needs.get(d.host());
            Instant due = need == null ? null : need.due();
            boolean begun = !d.untouched();
            long takesSeconds = Math.max(1, takes.of(d.host()).toSeconds()) + rehearsesFirst(d);
            long passed = Math.max(0, Duration.between(d.since(), now).toSeconds());
            return new Job(
                    lane,
                    haGroup(d.host()),
                    wave(d),
                    need == null ? 0 : need.weight(),
                    begun ? Math.max(1, takesSeconds - passed) : takesSeconds,
                    due == null ? Long.MAX_VALUE : Duration.between(now, due).toSeconds(),
                    begun ? List.of() : before(d.host()),
                    begun,
                    begun ? "" : stuck(d.host()).orElse(""));
        }

        private int haGroup(HostId host) {
            return standing.haGroup(host)
                    .filter(group -> !standing.down(group).contains(host))
                    .map(group -> number(haGroups, group))
                    .orElse(-1);
        }

        private List<Integer> before(HostId host) {
            return standing.before(host).stream()
                    .filter(numbers::containsKey)
                    .map(other -> numbers.getOrDefault(other, 0))
                    .sorted()
                    .toList();
        }

        /// What keeps the host waiting with no end in sight.
        private Optional<String> stuck(HostId host) {
            Optional<Wait> wait = standing.waits(host, Work.APPLY);
            return wait.filter(
                            each ->
                                    switch (each.kind()) {
                                        case HA_GROUP -> noPlace(host);
                                        case SEQUENCE ->
                                                standing.before(host).stream()
                                                        .noneMatch(numbers::containsKey);
                                        case BUDGET, CAPACITY -> false;
                                    })
                    .map(Wait::sentence);
        }

        private boolean noPlace(HostId host) {
            return standing.haGroup(host)
                    .map(
                            group -> {
                                long others =
                                        standing.down(group).stream()
                                                .filter(other -> !other.equals(host))
                                                .count();
                                return others + 1 > standing.mayBeOut(group);
                            })
                    .orElse(false);
        }

        private long wavesFrom(Rollout.State state) {
            return switch (state) {
                case Rollout.State.Rehearsing _ -> rehearsals();
                case Rollout.State.Soaking(_, Instant until) -> until(until);
                case Rollout.State.Held(_, Instant until, _) -> until(until);
                case Rollout.State.Paused(Rollout.State before, _, _) -> wavesFrom(before);
                case Rollout.State.Announced(Instant startsAt, _) -> until(startsAt);
                case Rollout.State.AwaitingApproval _, Rollout.State.Objected _ -> 0;
                case Rollout.State.Running _ -> 0;
                case Rollout.State.Halted _, Rollout.State.RollingBack _ -> 0;
                case Rollout.State.RolledBack _, Rollout.State.Completed _ -> 0;
            };
        }

        private long until(Instant instant) {
            return Math.max(0, Duration.between(now, instant).toSeconds());
        }

        /// How long the rehearsals before the first wave take.
        private long rehearsals() {
            long open =
                    left.stream()
                            .filter(d -> d.untouched() && !(d.state() instanceof State.Rehearsed))
                            .filter(d -> !perClass() || d.state() instanceof State.Rehearsing)
                            .count();
            return Math.ceilDiv(open, (long) standing.mostRehearsals()) * oneRehearsal;
        }

        /// How long the host rehearses right before it is patched; 0 if it does not.
        private long rehearsesFirst(Deployment d) {
            boolean first = d.state() instanceof State.Rehearsing && rollout.rehearsing();
            boolean before = d.untouched() && !(d.state() instanceof State.Rehearsed) && !first;
            return perClass() && before ? oneRehearsal : 0;
        }

        private boolean perClass() {
            return rollout.terms().rehearsals().who() == Trials.Who.PER_CLASS;
        }
    }

    private static int number(Map<String, Integer> numbers, String name) {
        Integer known = numbers.putIfAbsent(name, numbers.size());
        return known == null ? numbers.size() - 1 : known;
    }
}
