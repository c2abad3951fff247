package dev.understudy.fleetsim.policy;

/// What one way of patching came to in one world.
///
/// @param exposure hours that hosts were exposed, weighed by hazard; on average a notice weighs 1
/// @param withheld the part of it that is about notices whose first version is bad
/// @param hours the same as `exposure`, not weighed
/// @param knownHours of those the hours to what is known to be exploited
/// @param broken how often a host was broken by a patch
/// @param brokenHours how long hosts were broken
/// @param decisions how often a person was asked
/// @param needed how many installations the notices asked for
record Outcome(
        double exposure,
        double withheld,
        double hours,
        double knownHours,
        int broken,
        double brokenHours,
        int decisions,
        int needed) {}
