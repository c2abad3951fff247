package dev.understudy.risk;

/// Why something pending is not installed: a stable code for programs, a sentence for people.
public record Reason(Code code, String sentence) {

    /// The stable codes.
    public enum Code {
        /// The owner holds the package.
        HELD,
        /// The owner's pin keeps the installed version.
        PINNED,
        /// The distribution has not released it to this host yet.
        PHASED,
        /// Its dependencies cannot be met without removing something.
        CONFLICT,
        /// The host's own local policy refuses it.
        REFUSED_LOCALLY,
        REHEARSAL_FAILED,
        /// The rehearsal could not tell; a person has to decide.
        REHEARSAL_INCONCLUSIVE,
        /// The fleet must not get this version.
        QUARANTINED,
        AWAITING_APPROVAL,
        IN_ROLLOUT,
        /// The rollout that carries it was halted or is paused.
        ROLLOUT_HALTED,
        /// The whole fleet is stopped.
        FLEET_STOPPED,
        /// No maintenance window of its group is open.
        NO_WINDOW,
        /// A freeze forbids changes.
        FROZEN,
        /// Too few members of its HA group would stay in service.
        HA_GROUP,
        /// So many hosts are in work that its group's, or the fleet's, disruption budget is used
        /// up.
        DISRUPTION_BUDGET,
        /// As many applies or rehearsals are under way as may be.
        NO_CAPACITY,
        /// A host that it comes after is not done.
        AFTER_OTHER_HOST,
        /// The host or its group only observes.
        OBSERVE_ONLY,
        NO_SPACE,
        /// Installed, but old code runs until a reboot.
        AWAITING_REBOOT,
        /// Installed, but processes still run the old code.
        AWAITING_RESTART,
        /// The host's package lists are old or missing.
        STALE_METADATA,
        /// An advisory names a fixed version that the host's repositories do not offer.
        NOT_OFFERED,
        /// The distribution has not published a fix.
        NO_FIX_YET,
        /// Somebody decided to leave it open until a date.
        EXCEPTED,
        /// Nothing is in the way; it is not in a rollout yet.
        NOT_YET_PLANNED
    }
}
