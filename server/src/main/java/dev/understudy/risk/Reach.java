package dev.understudy.risk;

/// How far an attacker gets to the code that a patch replaces.
///
/// @param known false where no fact decided and the worst case stands for it
/// @param because what was seen, in words ("nginx listens on 0.0.0.0:80")
/// @param factor weight of the level times weight of the host's exposure, 0 to 1
public record Reach(Level level, boolean known, String because, double factor) {

    /// From the least to the most reachable.
    public enum Level {
        INSTALLED,
        RUNNING,
        LISTENING_LOCALLY,
        LISTENING
    }

    public Reach {
        if (!(factor >= 0 && factor <= 1)) {
            throw new IllegalArgumentException("reach is %s; expected 0 to 1".formatted(factor));
        }
    }
}
