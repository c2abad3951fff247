package dev.understudy.governance;

/// Who rehearses before the rollouts of a group patch anything.
///
/// @param leaveOutPercent up to which share of failed classes, and of their hosts, these are left
///   out and the others go on, 0 to 50; at 0 any rehearsal that fails halts
public record Trials(Who who, double leaveOutPercent) {
    public enum Who {
        /// Every host, before the first is patched.
        EVERY_HOST,
        /// One of each class before the first host is patched, every other right before its own
        /// turn.
        PER_CLASS
    }

    /// Every host rehearses first, and any failure halts.
    public static final Trials USUAL = new Trials(Who.EVERY_HOST, 0);

    public Trials {
        if (!(leaveOutPercent >= 0 && leaveOutPercent <= 50)) {
            throw new IllegalArgumentException(
                    "leaveOutPercent is '%s'; expected 0 to 50".formatted(leaveOutPercent));
        }
    }

    /// What satisfies both.
    public Trials strictest(Trials other) {
        return new Trials(
                who == Who.EVERY_HOST ? who : other.who,
                Math.min(leaveOutPercent, other.leaveOutPercent));
    }

    /// Whether hosts whose class failed are left out and the others go on.
    public boolean leavesOut() {
        return leaveOutPercent > 0;
    }
}
