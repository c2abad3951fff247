/// What ways of patching a fleet come to over months: a discrete-event simulation of real security
/// notices on hosts made of real images, in which some notices break some hosts, and in which every
/// way of patching meets exactly the same events. Ours is driven by the server's own gate. What is
/// assumed, and from where, is in [Assumptions].
@NullMarked
package dev.understudy.fleetsim.policy;

import org.jspecify.annotations.NullMarked;
