/// Who may do what, how far the fleet may act on its own, and the record of what was done: roles
/// and API tokens, policies per group, the stop of the whole fleet, and the append-only audit
/// trail. Subjects are opaque ids; this module knows no host and no patch. Owns schema `governance`
/// and the events [FleetStopped], [FleetReleased] and [PolicyChanged].
@NullMarked
package dev.understudy.governance;

import org.jspecify.annotations.NullMarked;
