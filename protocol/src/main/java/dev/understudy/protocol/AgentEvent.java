package dev.understudy.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A report with its place in the agent's own sequence, which starts at 1 and has no gaps: the
/// control plane takes each number once, in order, and acknowledges the last one it has.
public record AgentEvent(long sequence, Instant at, @Nullable OrderId order, Report report) {
    public AgentEvent {
        Require.atLeast(sequence, 1, "sequence");
        Require.present(at, "at");
        Require.present(report, "report");
    }
}
