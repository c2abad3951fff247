package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which rehearsals a rollout rests on, and how many of its hosts each speaks for.
///
/// @param hosts the hosts with a plan
/// @param rehearsed how many of them rehearsed in this rollout
/// @param spared how many did not, because the rehearsal of another host of their class speaks for
///   them: until their own turn where it passed, for good where it failed
/// @param rehearsals how many rehearsals the rollout asked for, repeated ones included
public record RehearsalsView(
        int hosts,
        int rehearsed,
        int spared,
        int rehearsals,
        String sentence,
        List<ClassRow> classes,
        List<Host> items) {
    public RehearsalsView {
        classes = List.copyOf(classes);
        items = List.copyOf(items);
    }

    /// Hosts of one makeup with one plan.
    ///
    /// @param name a short name, the same for the same class in any rollout
    /// @param percent their share of the rollout's hosts, 0 to 100
    /// @param rehearsal the newest that came to a verdict; null if there is none yet
    /// @param on the host that rehearsed it
    /// @param at when it ended
    public record ClassRow(
            String name,
            int hosts,
            double percent,
            int rehearsed,
            Verdict verdict,
            @Nullable OrderId rehearsal,
            @Nullable String on,
            @Nullable Instant at) {}

    /// What is known of a class.
    public enum Verdict {
        PASSED,
        FAILED,
        /// No rehearsal came to a verdict yet, or none could.
        NONE
    }

    /// One host, and whose rehearsal it rests on.
    ///
    /// @param own whether it rehearsed itself in this rollout
    public record Host(HostId host, String name, String ofClass, boolean own, String provenance) {}
}
