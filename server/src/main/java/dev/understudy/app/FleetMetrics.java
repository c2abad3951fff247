package dev.understudy.app;

import dev.understudy.fleet.FleetCounts;
import dev.understudy.fleet.FleetSettings;
import dev.understudy.platform.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.ToLongFunction;

/// The fleet's numbers as gauges; counted at most every few seconds, however many ask.
final class FleetMetrics {
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Database database;
    private final InstantSource clock;
    private final FleetSettings settings;
    private FleetCounts counts = new FleetCounts(0, 0, 0, 0, 0, 0);
    private Instant countedAt = Instant.EPOCH;

    private FleetMetrics(Database database, InstantSource clock, FleetSettings settings) {
        this.database = database;
        this.clock = clock;
        this.settings = settings;
    }

    static void register(
            MeterRegistry registry,
            Database database,
            InstantSource clock,
            FleetSettings settings) {
        FleetMetrics metrics = new FleetMetrics(database, clock, settings);
        metrics.gauge(registry, "hosts", "Hosts that are not retired", FleetCounts::hosts);
        metrics.gauge(
                registry, "hosts.silent", "Hosts silent for three polls", FleetCounts::silent);
        metrics.gauge(registry, "hosts.lost", "Hosts silent for a day", FleetCounts::lost);
        metrics.gauge(registry, "shapes", "Distinct package sets", FleetCounts::shapes);
        metrics.gauge(
                registry, "orders.open", "Orders that are under way", FleetCounts::openOrders);
        metrics.gauge(
                registry,
                "events.lost",
                "Events of hosts that a restore of the database lost",
                FleetCounts::lostEvents);
    }

    private void gauge(
            MeterRegistry registry, String name, String what, ToLongFunction<FleetCounts> value) {
        Gauge.builder("understudy." + name, this, all -> value.applyAsLong(all.counts()))
                .description(what)
                .strongReference(true)
                .register(registry);
    }

    private synchronized FleetCounts counts() {
        Instant now = clock.instant();
        if (now.isAfter(countedAt.plus(FRESH))) {
            counts = FleetCounts.count(database, clock, settings);
            countedAt = now;
        }
        return counts;
    }
}
