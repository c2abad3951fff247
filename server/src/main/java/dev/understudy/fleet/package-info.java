/// Hosts and what is known of them: groups, enrolment and certificates, inventories and shapes,
/// checkpoints, and the orders that are out with the hosts.
///
/// Owns schema `fleet`. Publishes [HostEnrolled], [HostRetired], [HostRebooted],
/// [InventoryChanged], [AgentReported] and [OrderExpired]. Others may read the views
/// `fleet.published_hosts`, `fleet.published_shape_sources` and `fleet.published_shape_history`.
@NullMarked
package dev.understudy.fleet;

import org.jspecify.annotations.NullMarked;
