package dev.understudy.protocol;

import java.time.Duration;

/// How long one phase of an order took (`twin`, `download`, `apply`, `checks`, `undo` …).
public record PhaseTime(String phase, Duration took) {
    public PhaseTime {
        Require.text(phase, "phase", 64);
        Require.present(took, "took");
    }
}
