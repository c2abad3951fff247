/// How patches reach hosts: rollouts in waves, the deployment of each host, gates, halts, rollback,
/// quarantine of bad versions and the search for the one at fault, and automatic planning. Owns
/// schema `rollout` and the events [RolloutStarted], [RolloutAnnounced], [ApprovalVoided],
/// [DeadlineEndangered], [EscalationAcknowledged], [TriageSecured], [AutonomyDecided],
/// [RolloutHalted], [RolloutEnded], [DeploymentEnded], [VersionQuarantined], [VersionReleased] and
/// [CulpritsFound].
@NullMarked
package dev.understudy.rollout;

import org.jspecify.annotations.NullMarked;
