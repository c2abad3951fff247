package dev.understudy.agent.twin;

import java.time.Duration;

/// How the twin came up: systemd's own word for it (`running`, or `degraded` where a unit failed)
/// and how long it took. It is no evidence of health; that takes the checks.
public record Boot(String state, Duration took) {}
