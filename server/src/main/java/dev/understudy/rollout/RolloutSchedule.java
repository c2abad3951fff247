package dev.understudy.rollout;

import dev.understudy.fleet.OrderTimes;
import dev.understudy.protocol.HostId;
import dev.understudy.rollout.schedule.Schedule;
import dev.understudy.rollout.schedule.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When the hosts of a rollout are expected to be patched, as it looks at one moment.
///
/// @param planned hosts with an expected time
/// @param notPlanned hosts that wait with no end in sight
/// @param late hosts that are expected after their deadline
/// @param ends when the last of the planned is expected to be done; null if none is planned
/// @param meanWait how long a host waits until it is done, on average, each weighted by what
///   waiting costs on it
/// @param leastWait no order of hosts makes that shorter
/// @param gapPercent by how much `meanWait` is more than `leastWait`
/// @param usual how long an apply takes
/// @param measured whether that was measured; if not, it is a guess
/// @param hosts the first to be begun with first
public record RolloutSchedule(
        Instant asOf,
        int planned,
        int notPlanned,
        int late,
        @Nullable Instant ends,
        Duration meanWait,
        Duration leastWait,
        double gapPercent,
        Duration usual,
        boolean measured,
        List<Expected> hosts) {

    /// One host.
    ///
    /// @param begins null if that is not known; `asOf` or earlier if it has begun
    /// @param due by when the patch is to be in effect; null for no date
    /// @param sentence why it waits, or why no time can be said; empty if it does not wait
    public record Expected(
            HostId host,
            String name,
            String group,
            int wave,
            String state,
            @Nullable Instant begins,
            @Nullable Instant done,
            @Nullable Instant due,
            boolean late,
            String sentence) {}

    /// @param closed why the host may not be changed now; empty if it may
    record Member(
            HostId host,
            String name,
            String group,
            int wave,
            String state,
            @Nullable Instant due,
            String closed) {}

    static RolloutSchedule of(
            Instant now, List<Member> members, Schedule plan, OrderTimes.Times takes) {
        Timetable timetable = plan.timetable();
        List<Expected> hosts = new ArrayList<>();
        Instant ends = null;
        double weight = 0;
        int planned = 0;
        for (int i = 0; i < members.size(); i++) {
            hosts.add(expected(now, members.get(i), plan, i));
            if (timetable.planned(i)) {
                planned++;
                weight += plan.instance().jobs().get(i).weight();
                Instant done = now.plusSeconds(timetable.end(i));
                ends = ends == null || done.isAfter(ends) ? done : ends;
            }
        }
        hosts.sort(
                Comparator.comparing(
                                Expected::begins, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparingInt(Expected::wave)
                        .thenComparing(Expected::name));
        return new RolloutSchedule(
                now,
                planned,
                members.size() - planned,
                timetable.late(),
                ends,
                hours(plan.cost(), weight),
                hours(Math.min(plan.bound(), plan.cost()), weight),
                100 * plan.gap(),
                takes.usual(),
                takes.known(),
                hosts);
    }

    private static Duration hours(double cost, double weight) {
        return weight > 0 ? Duration.ofSeconds(Math.round(3600 * cost / weight)) : Duration.ZERO;
    }

    private static Expected expected(Instant now, Member m, Schedule plan, int number) {
        Timetable timetable = plan.timetable();
        boolean planned = timetable.planned(number);
        Instant done = planned ? now.plusSeconds(timetable.end(number)) : null;
        String stuck = plan.instance().jobs().get(number).notPlanned();
        return new Expected(
                m.host(),
                m.name(),
                m.group(),
                m.wave(),
                m.state(),
                planned ? now.plusSeconds(timetable.start(number)) : null,
                done,
                m.due(),
                done != null && m.due() != null && done.isAfter(m.due()),
                planned
                        ? timetable.start(number) > 0 ? m.closed() : ""
                        : !stuck.isEmpty()
                                ? stuck
                                : m.closed().isEmpty()
                                        ? "It comes after hosts of which it is not known when they are done."
                                        : m.closed());
    }
}
