/// Beside the server's package of the same name, to try how it puts failures down to causes on
/// simulated rollouts.
@NullMarked
package dev.understudy.rollout;

import org.jspecify.annotations.NullMarked;
