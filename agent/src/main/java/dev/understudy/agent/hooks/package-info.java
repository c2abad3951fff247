/// Scripts of the host's owner that take the host out of service before it is changed, and back.
/// They are files on the host; nothing of them comes over the wire.
@NullMarked
package dev.understudy.agent.hooks;

import org.jspecify.annotations.NullMarked;
