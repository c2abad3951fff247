/// Whether an installed fix is in effect: which processes and which kernel still run the old code,
/// and restarting what can be restarted.
@NullMarked
package dev.understudy.agent.effect;

import org.jspecify.annotations.NullMarked;
