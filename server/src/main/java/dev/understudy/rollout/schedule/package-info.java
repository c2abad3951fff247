/// When each host of a rollout is expected to be patched, worked out from numbers alone: no clock,
/// no database, no host.
///
/// Times are seconds since the instant for which a plan is made. The measure is weighted waiting:
/// for each host what an hour without the patch costs, times the hours until it has it.
@NullMarked
package dev.understudy.rollout.schedule;

import org.jspecify.annotations.NullMarked;
