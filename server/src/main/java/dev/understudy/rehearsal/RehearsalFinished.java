package dev.understudy.rehearsal;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.RehearsalResult.Verdict;

/// A rehearsal ended; one that was lost is Inconclusive.
public record RehearsalFinished(
        OrderId rehearsal, HostId host, String planDigest, Verdict verdict) {}
