/// Simulated rollouts: the certified gate of the server, as it is, against the usual schedules.
@NullMarked
package dev.understudy.bench.gate;

import org.jspecify.annotations.NullMarked;
