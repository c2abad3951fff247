/// What other systems tell us: health signals of monitoring (Prometheus is asked, SIEM and
/// Alertmanager tell), which count as symptoms of hosts. Implements `rollout`'s port
/// [dev.understudy.rollout.HealthSignals].
///
/// Owns schema `integration`.
@NullMarked
package dev.understudy.integration;

import org.jspecify.annotations.NullMarked;
