package dev.understudy.agent.orders;

import dev.understudy.agent.log.Log;
import dev.understudy.protocol.CheckInAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.function.LongSupplier;

/// Until when the control plane lets this host change, and whether the fleet is stopped. Kept in
/// memory only: an agent that starts anew has no lease until the control plane answers. The end of
/// the lease is counted on the monotonic clock, so setting the host's clock back prolongs nothing,
/// and on the clock on the wall as well, since the other stands still while the host sleeps.
///
/// Also the control plane's time, as far as it is known: a host whose clock is wrong still judges
/// orders by the time of the one who issued them.
public final class Lease {
    private static final Duration WORTH_SAYING = Duration.ofMinutes(2);

    private final InstantSource clock;
    private final LongSupplier nanos;
    private boolean known;
    private boolean stop = true;
    private long endsAt;
    private Instant endsOnTheWall = Instant.MIN;
    private Duration behind = Duration.ZERO;

    public Lease(InstantSource clock, LongSupplier monotonicNanos) {
        this.clock = clock;
        this.nanos = monotonicNanos;
    }

    /// Takes the answer to a check-in that was sent at `sentAt` on the monotonic clock. Counting
    /// from the sending, the lease ends too early rather than too late.
    public synchronized void renew(CheckInAnswer answer, long sentAt) {
        known = true;
        stop = answer.stop();
        Duration granted = Duration.between(answer.serverTime(), answer.leaseUntil());
        endsAt = sentAt + granted.toNanos();
        Instant here = clock.instant();
        endsOnTheWall = here.minusNanos(nanos.getAsLong() - sentAt).plus(granted);
        Duration measured = Duration.between(here, answer.serverTime());
        if (measured.minus(behind).abs().compareTo(WORTH_SAYING) > 0) {
            Log.warn(
                    "this host's clock is %s %s the control plane's; orders are judged by the latter",
                    measured.abs(), measured.isNegative() ? "ahead of" : "behind");
        }
        behind = measured;
    }

    /// Whether the control plane has answered since the agent started.
    public synchronized boolean known() {
        return known;
    }

    public synchronized boolean stopped() {
        return known && stop;
    }

    public synchronized boolean held() {
        return known
                && !stop
                && nanos.getAsLong() - endsAt < 0
                && clock.instant().isBefore(endsOnTheWall);
    }

    /// What the time is for the control plane.
    public synchronized Instant now() {
        return clock.instant().plus(behind);
    }

    /// What a clock on the wall says here, for the owner's windows: the host's own clock.
    ZonedDateTime localTime(ZoneId zone) {
        return clock.instant().atZone(zone);
    }

    /// How far the host's clock is behind the control plane's; negative if ahead.
    public synchronized Duration clockBehind() {
        return behind;
    }
}
