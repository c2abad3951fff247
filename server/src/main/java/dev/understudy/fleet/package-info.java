/// Hosts and what is known of them: groups, enrolment and certificates, inventories and shapes,
/// symptoms, checkpoints, maintenance windows and freezes, and the orders that are out with the
/// hosts.
///
/// Owns schema `fleet`. Publishes [HostEnrolled], [HostRetired], [HostRebooted], [SymptomTold],
/// [InventoryChanged], [AgentReported] and [OrderExpired]. Others may read the views
/// `fleet.published_…`: hosts, shapes, packages, pending sets, and the histories of shapes, of what
/// hosts still ran and of what their changelogs told.
@NullMarked
package dev.understudy.fleet;

import org.jspecify.annotations.NullMarked;
