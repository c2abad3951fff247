package dev.understudy.fleetsim;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// What became of a fleet's hosts over a time: most were there all the time, some joined within it,
/// some were made anew from another image, those of a patched shape were patched at some time, and
/// beside the fleet's hosts, which are those of the end, there are some that have left. Seeded by
/// the fleet's own seed.
public final class Churn {
    /// Shares, in percent of the hosts.
    private static final int JOIN = 15;

    private static final int MADE_ANEW = 5;
    private static final int LEAVE = 5;

    private final Fleet fleet;
    private final int days;

    /// @param days how long a time; at least 1
    public Churn(Fleet fleet, int days) {
        if (days < 1) {
            throw new IllegalArgumentException(
                    "Churn is over 1 day or more, not %d.".formatted(days));
        }
        this.fleet = fleet;
        this.days = days;
    }

    /// A host's life.
    ///
    /// @param host its number; from the fleet's number of hosts on if it has left
    /// @param stays one after the other without a gap, the first from when the host joined
    public record Life(int host, List<Stay> stays) {
        public Life {
            stays = List.copyOf(stays);
        }

        public int lastShape() {
            return stays.getLast().shape();
        }

        /// When it left, in seconds since the time began; null if it did not.
        public @Nullable Integer left() {
            return stays.getLast().to();
        }
    }

    /// How long a host had a shape, in seconds since the time began.
    ///
    /// @param to null if it has it at the end
    public record Stay(int shape, int from, @Nullable Integer to) {}

    /// Host after host: first the fleet's, then those that have left.
    public void eachLife(Consumer<Life> taken) {
        Random random = new Random(fleet.seed() ^ 0x2545F4914F6CDD1DL);
        int[] number = {0};
        fleet.eachHost(shape -> taken.accept(life(number[0]++, shape, random)));
        eachLeaver(random, shape -> taken.accept(left(number[0]++, shape, random)));
    }

    /// How many have left.
    public int leavers() {
        return (int) ((long) fleet.hosts() * LEAVE / 100);
    }

    private void eachLeaver(Random random, IntConsumer taken) {
        for (int i = leavers(); i > 0; i--) {
            taken.accept(random.nextInt(fleet.shapes().size()));
        }
    }

    private Life life(int host, int shape, Random random) {
        int joined = random.nextInt(100) < JOIN ? random.nextInt(length()) : 0;
        List<Stay> stays = new ArrayList<>();
        int from = joined;
        if (random.nextInt(100) < MADE_ANEW) {
            int until = between(from, random);
            stays.add(new Stay(random.nextInt(fleet.shapes().size()), from, until));
            from = until;
        }
        int before = fleet.before(shape);
        if (before != shape) {
            int patched = between(from, random);
            stays.add(new Stay(before, from, patched));
            from = patched;
        }
        stays.add(new Stay(shape, from, null));
        return new Life(host, stays);
    }

    private Life left(int host, int shape, Random random) {
        return new Life(host, List.of(new Stay(shape, 0, between(0, random))));
    }

    private int between(int from, Random random) {
        return from + 1 + random.nextInt(Math.max(1, length() - from));
    }

    private int length() {
        return days * 86_400;
    }
}
