/// Evidence of the host's state, secured before its first change where a directive asks for that:
/// one bundle an order, bounded in time and size, for root only.
@NullMarked
package dev.understudy.agent.triage;

import org.jspecify.annotations.NullMarked;
