package dev.understudy.fleet;

/// Why a host has to wait although it may be changed now.
///
/// @param sentence for people; names whom it waits for
public record Wait(Kind kind, String sentence) {
    /// What it waits for.
    public enum Kind {
        /// Too few members of its HA group would stay in service.
        HA_GROUP,
        /// A disruption budget is used up.
        BUDGET,
        /// Too many applies or rehearsals are under way.
        CAPACITY,
        /// A host that it comes after.
        SEQUENCE
    }
}
