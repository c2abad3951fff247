/// The agent's only way to the control plane: HTTPS requests that it makes itself, over TLS 1.3
/// with its own certificate. It listens on nothing.
@NullMarked
package dev.understudy.agent.link;

import org.jspecify.annotations.NullMarked;
