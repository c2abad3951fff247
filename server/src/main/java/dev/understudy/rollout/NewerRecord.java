package dev.understudy.rollout;

import dev.understudy.platform.Problem;

/// A rollout's record has a line that this server cannot read, since a newer one wrote it. Whoever
/// does not know all of the record decides nothing from it.
final class NewerRecord extends Problem {
    NewerRecord(RolloutId rollout, int line, String kind) {
        super(
                Kind.UNAVAILABLE,
                "record-newer",
                "Line %d of the record of rollout %s ('%s') is one that only a newer version of the server knows. Servers of that version go on with the rollout; upgrade this one."
                        .formatted(line, rollout.brief(), kind));
    }
}
