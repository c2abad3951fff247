package dev.understudy.rollout;

import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.Opening;
import dev.understudy.governance.Trials;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.Deadline;
import dev.understudy.risk.PatchId;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// When each host of a rollout is patched at the latest if nobody keeps it waiting from now on:
/// what is left of the rehearsals and of the veto window, then wave after wave with the rehearsals
/// of its own, its windows, what an order may take, and the soak. Nothing is hoped for: every order
/// takes as long as it may. Pure.
final class ForecastEnd {
    private static final int MOST_OPENINGS = 20;

    private final Rollout rollout;
    private final MaintenanceCalendar calendar;
    private final RolloutSettings settings;
    private final Instant now;

    private ForecastEnd(
            Rollout rollout, MaintenanceCalendar calendar, RolloutSettings settings, Instant now) {
        this.rollout = rollout;
        this.calendar = calendar;
        this.settings = settings;
        this.now = now;
    }

    /// The host that has the least time left.
    ///
    /// @param end null if no window ever opens for it
    record Tightest(HostId host, PatchId patch, Deadline deadline, @Nullable Instant end) {
        /// What is left between the end and the deadline; negative if that is missed.
        Duration slack() {
            return end == null ? Duration.ofDays(-36_500) : Duration.between(end, deadline.due());
        }

        boolean late() {
            return slack().isNegative();
        }
    }

    /// What a host is to get, with when it is due.
    record Due(PatchId patch, Deadline deadline) {}

    /// @param dues the most urgent patch of each host that is still to be patched
    /// @param group of a host
    static Optional<Tightest> of(
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, Due> dues,
            Function<HostId, String> group,
            MaintenanceCalendar calendar,
            RolloutSettings settings,
            Instant now) {
        return new ForecastEnd(rollout, calendar, settings, now).tightest(members, dues, group);
    }

    private Optional<Tightest> tightest(
            List<Deployment> members, Map<HostId, Due> dues, Function<HostId, String> group) {
        SortedMap<Integer, Map<String, Tightest>> waves = new TreeMap<>();
        int last = members.stream().mapToInt(Deployment::wave).max().orElse(0);
        for (Deployment d : members) {
            Due due = dues.get(d.host());
            if (!d.untouched() || due == null) {
                continue;
            }
            waves.computeIfAbsent(wave(d, last), _ -> new HashMap<>())
                    .merge(
                            group.apply(d.host()),
                            new Tightest(d.host(), due.patch(), due.deadline(), null),
                            ForecastEnd::sooner);
        }
        return worst(waves, own(members, last), members.size(), last == 0);
    }

    /// How long each wave rehearses before it is patched, where hosts do that right before their
    /// turn.
    private SortedMap<Integer, Duration> own(List<Deployment> members, int last) {
        SortedMap<Integer, Duration> own = new TreeMap<>();
        if (rollout.terms().rehearsals().who() == Trials.Who.PER_CLASS) {
            members.stream()
                    .filter(d -> d.untouched() && !(d.state() instanceof State.Rehearsed))
                    .forEach(d -> own.put(wave(d, last), oneRehearsal()));
        }
        return own;
    }

    /// The wave in which it is patched; a host without one comes in the last.
    private static int wave(Deployment d, int last) {
        return d.wave() == 0 ? Math.max(1, last) : d.wave();
    }

    private static Tightest sooner(Tightest one, Tightest other) {
        return one.deadline().due().isAfter(other.deadline().due()) ? other : one;
    }

    /// @param own what waves take for rehearsals of their own
    /// @param unlaid whether the waves are not known yet; then the hosts come in the last one
    private Optional<Tightest> worst(
            SortedMap<Integer, Map<String, Tightest>> waves,
            SortedMap<Integer, Duration> own,
            int hosts,
            boolean unlaid) {
        Instant begin = begins();
        Tightest worst = null;
        int before = unlaid ? 1 : Math.max(1, RolloutViews.wave(rollout.state()));
        int extra = unlaid ? wavesOf(hosts) - 1 : 0;
        int counted = before;
        for (Map.Entry<Integer, Map<String, Tightest>> wave : waves.entrySet()) {
            int soaks = Math.max(0, wave.getKey() - before) + extra;
            Duration rehearsals = sum(own.subMap(counted, Math.max(counted, wave.getKey() + 1)));
            begin = begin.plus(oneWave().multipliedBy(soaks));
            begin = begin.plus(rehearsals.multipliedBy(1 + extra));
            counted = Math.max(counted, wave.getKey() + 1);
            before = Math.max(before, wave.getKey());
            Instant opens = begin;
            for (Map.Entry<String, Tightest> group : wave.getValue().entrySet()) {
                Instant start = opening(group.getKey(), begin);
                Instant end = start == null ? null : start.plus(oneOrder());
                Tightest is =
                        new Tightest(
                                group.getValue().host(),
                                group.getValue().patch(),
                                group.getValue().deadline(),
                                end);
                worst = worst == null || is.slack().compareTo(worst.slack()) < 0 ? is : worst;
                opens = start != null && start.isAfter(opens) ? start : opens;
            }
            begin = opens;
        }
        return Optional.ofNullable(worst);
    }

    private static Duration sum(SortedMap<Integer, Duration> some) {
        return some.values().stream().reduce(Duration.ZERO, Duration::plus);
    }

    private int wavesOf(int hosts) {
        int size = Math.max(1, Math.ceilDiv(hosts * rollout.terms().percentPerWave(), 100));
        return 1 + Math.ceilDiv(Math.max(0, hosts - rollout.terms().canaries()), size);
    }

    private Duration oneRehearsal() {
        return settings.pickUp().plus(settings.rehearsal().limit());
    }

    private Duration oneOrder() {
        return settings.pickUp().plus(settings.limit());
    }

    private Duration oneWave() {
        return oneOrder().plus(rollout.terms().soak());
    }

    /// When the wave that is next can begin, if people say yes now.
    private Instant begins() {
        return switch (rollout.state()) {
            case Rollout.State.Rehearsing _ ->
                    now.plus(oneRehearsal()).plus(rollout.terms().consent().veto());
            case Rollout.State.Announced(Instant startsAt, _) ->
                    startsAt.isAfter(now) ? startsAt : now;
            case Rollout.State.Objected _ -> now.plus(rollout.terms().consent().veto());
            case Rollout.State.Soaking(_, Instant until) -> until.isAfter(now) ? until : now;
            case Rollout.State.AwaitingApproval _, Rollout.State.Running _ -> now;
            case Rollout.State.Held _, Rollout.State.Paused _, Rollout.State.Halted _ -> now;
            case Rollout.State.RollingBack _, Rollout.State.RolledBack _ -> now;
            case Rollout.State.Completed _ -> now;
        };
    }

    /// The first instant from `at` on at which hosts of the group may be begun; null if none comes.
    private @Nullable Instant opening(String group, Instant at) {
        Instant when = at;
        for (int i = 0; i < MOST_OPENINGS; i++) {
            Opening opening = calendar.opening(group, when);
            if (opening.mayBegin(when)) {
                return when;
            }
            Instant next =
                    switch (opening) {
                        case Opening.Open(Instant until, _) -> until;
                        case Opening.Closed(Instant opens, _) -> opens;
                        case Opening.Frozen(var freeze) -> freeze.end();
                    };
            if (next == null || !next.isAfter(when)) {
                return null;
            }
            when = next;
        }
        return null;
    }

    /// The most urgent of the patches of each host, by what the hosts' groups still need.
    static Map<HostId, Due> dues(List<Deployment> members, Map<PatchId, Deadline> deadlines) {
        Map<HostId, Due> dues = new HashMap<>();
        for (Deployment d : members) {
            HostPlan plan = d.plan();
            if (plan != null) {
                plan.patches().stream()
                        .flatMap(patch -> due(patch, deadlines.get(patch)))
                        .min(Comparator.comparing(due -> due.deadline().due()))
                        .ifPresent(due -> dues.put(d.host(), due));
            }
        }
        return dues;
    }

    private static Stream<Due> due(PatchId patch, @Nullable Deadline deadline) {
        return deadline == null ? Stream.empty() : Stream.of(new Due(patch, deadline));
    }
}
