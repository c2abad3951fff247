package dev.understudy.agent.orders;

import dev.understudy.protocol.Report;

/// What carries orders out. Killed at any instant, it is called again with an [Attempt] that tells
/// how far the earlier ones came.
public interface Work {
    /// Brings the order to an end and says how it ended.
    Report carryOut(Attempt attempt) throws InterruptedException;

    /// Says how the order ended that may not be tried once more.
    Report giveUp(Attempt attempt, String why) throws InterruptedException;

    /// Removes what a killed agent left behind (twins, temporary files); called once, before
    /// anything else.
    void sweep() throws InterruptedException;
}
