/// The twin: a copy-on-write replica of the running host, booted in name spaces of its own, that
/// cannot reach anything outside and leaves nothing behind.
@NullMarked
package dev.understudy.agent.twin;

import org.jspecify.annotations.NullMarked;
