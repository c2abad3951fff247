package dev.understudy.fleetsim.policy;

import dev.understudy.rollout.gate.Bound;
import dev.understudy.rollout.gate.Certifiability;
import dev.understudy.rollout.gate.Costs;
import dev.understudy.rollout.gate.PlanWaves;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The gate's plans, each worked out once. They are made for whole fifties of hosts, rounded down:
/// fewer may then have the patch before it is accepted, so this is the stricter side.
final class Plans {
    private static final int STEP = 50;
    private static final Map<Key, Certifiability> KNOWN = new ConcurrentHashMap<>();

    /// Hazard per day times relative loss of a host: as much as what is at the edge between
    /// patching now and waiting (0.2 % of a failed host a day).
    private static final double LOSS_PER_DAY = 0.0001;

    private Plans() {}

    private record Key(Bound bound, Duration soak, int canaries, int hosts) {}

    static Certifiability of(Certified way, int members) {
        int hosts = Math.max(STEP, members - members % STEP);
        Duration soak = Duration.ofSeconds(Math.round(3600 * way.soak()));
        return KNOWN.computeIfAbsent(
                new Key(way.bound(), soak, way.canaries(), hosts),
                key ->
                        PlanWaves.of(
                                key.bound(),
                                Costs.of(key.soak(), LOSS_PER_DAY * key.hosts()),
                                key.hosts(),
                                key.canaries(),
                                0));
    }
}
