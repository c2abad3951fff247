package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a rollout's failures are put down to, as far as that can be told now. A failure that is
/// neither awaited nor excused counts against the patch.
///
/// @param awaited failed hosts, while it is not known yet what their control shows
/// @param excused hosts that failed of something else than the patch
/// @param listening whether a soak is over and its control was not heard of since
/// @param shared hosts that another rollout changed too, with a sentence about that
/// @param news external causes that were just found, in sentences
/// @param doubts why no wave may be promoted although no host failed, in sentences
/// @param unheard silent hosts that are waited for, since unpatched ones are silent as well
record Attributed(
        Set<HostId> awaited,
        Set<HostId> excused,
        boolean listening,
        Map<HostId, String> shared,
        List<String> news,
        List<String> doubts,
        Set<HostId> unheard) {
    static final Attributed NOTHING =
            new Attributed(Set.of(), Set.of(), false, Map.of(), List.of(), List.of(), Set.of());

    Attributed {
        awaited = Set.copyOf(awaited);
        excused = Set.copyOf(excused);
        shared = Map.copyOf(shared);
        news = List.copyOf(news);
        doubts = List.copyOf(doubts);
        unheard = Set.copyOf(unheard);
    }

    /// Whether a failure of the host counts against the patch.
    boolean against(Deployment d) {
        return !awaited.contains(d.host()) && !excused.contains(d.host());
    }

    /// Why the wave has to wait, whatever its hosts show; empty if it need not.
    Optional<String> waits() {
        if (!awaited.isEmpty()) {
            return Optional.of(
                    "Hosts failed; what unpatched hosts show in the same time is waited for.");
        }
        if (listening) {
            return Optional.of("Not all hosts were heard of since the end of the soak.");
        }
        return doubts.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", doubts));
    }

    /// Whether the record says so of the host already.
    static boolean excuses(Entry entry) {
        return entry instanceof Entry.Judged judged && judged.outcome() == Entry.Outcome.DISTURBED;
    }
}
