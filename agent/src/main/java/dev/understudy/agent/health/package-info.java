/// Whether a place is as healthy as it was before a change, without configuration: what was active,
/// listening and answering must be so afterwards. Plus the probes that the owner defines.
@NullMarked
package dev.understudy.agent.health;

import org.jspecify.annotations.NullMarked;
