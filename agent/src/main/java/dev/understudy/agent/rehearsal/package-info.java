/// Trying a plan and its undo on the host's twin before the host is touched.
@NullMarked
package dev.understudy.agent.rehearsal;

import org.jspecify.annotations.NullMarked;
