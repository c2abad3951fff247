/// The certified gate, as pure functions: what a rollout has to prove ([Bound]), the waves and
/// boundaries that prove it ([WavePlan], worked out by [PlanWaves]), where a test stands
/// ([Standing]), and which hosts go first ([CanaryCoverage]). No clock, no I/O and no chance that
/// is not seeded, so that every decision can be made again from what was written down.
@NullMarked
package dev.understudy.rollout.gate;

import org.jspecify.annotations.NullMarked;
