package dev.understudy.rollout;

import dev.understudy.fleet.OrderTimes;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.Deadline;
import dev.understudy.risk.HostPatch;
import dev.understudy.risk.Patches;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What waiting costs on hosts, and how long their patches take: who goes first.
final class Urgency {
    /// How long an apply is taken to be as long as there was none.
    static final Duration GUESS = Duration.ofMinutes(5);

    /// A patch of which no hazard is known is taken to have that much of it, per hour.
    private static final double LEAST = 1e-9;

    private final Deployments deployments;
    private final Patches patches;
    private final OrderTimes times;

    Urgency(Deployments deployments, Patches patches, OrderTimes times) {
        this.deployments = deployments;
        this.patches = patches;
        this.times = times;
    }

    /// @param weight expected loss in an hour without what the host is to get
    /// @param due by when it is to be in effect; null for no date
    record Need(double weight, @Nullable Instant due) {}

    /// Of each host with a plan, what it needs its part of the rollout for.
    Map<HostId, Need> needs(List<Deployment> among) {
        Set<HostId> hosts =
                among.stream()
                        .filter(d -> d.plan() != null)
                        .map(Deployment::host)
                        .collect(Collectors.toSet());
        Map<HostId, List<HostPatch>> needed = patches.forHosts(hosts);
        Map<HostId, Need> needs = new HashMap<>();
        for (Deployment d : among) {
            if (d.plan() != null) {
                List<HostPatch> own =
                        needed.getOrDefault(d.host(), List.of()).stream()
                                .filter(patch -> d.getPlan().patches().contains(patch.id()))
                                .toList();
                needs.put(d.host(), need(own));
            }
        }
        return needs;
    }

    private static Need need(List<HostPatch> own) {
        return new Need(
                own.stream().mapToDouble(Urgency::lossPerHour).sum(),
                own.stream()
                        .map(HostPatch::deadline)
                        .filter(Objects::nonNull)
                        .map(Deadline::due)
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    private static double lossPerHour(HostPatch patch) {
        return Math.max(LEAST, patch.hazard().perDay() / 24) * patch.hazard().loss();
    }

    /// How long applies to these hosts take.
    OrderTimes.Times takes(List<Deployment> among) {
        return times.applies(among.stream().map(Deployment::host).toList(), GUESS);
    }

    /// Has the most urgent for the time that they take go first within their waves.
    void settle(RolloutId rollout, List<Deployment> among) {
        OrderTimes.Times takes = takes(among);
        Map<HostId, Double> urgency = new HashMap<>();
        needs(among)
                .forEach(
                        (host, need) ->
                                urgency.put(host, need.weight() / takes.of(host).toSeconds()));
        deployments.urgency(rollout, urgency);
    }
}
