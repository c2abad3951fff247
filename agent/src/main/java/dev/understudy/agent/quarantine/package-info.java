/// What this host may not get: the versions that the control plane has in quarantine, and how the
/// host's own package manager is kept from installing them.
@NullMarked
package dev.understudy.agent.quarantine;

import org.jspecify.annotations.NullMarked;
