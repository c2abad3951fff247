package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Contrast;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a rollout's record says by now of its hosts, and which comparisons are written down. A wave
/// that soaks again begins anew in both.
final class RecordSoFar {
    private final Map<HostId, Outcome> judged = new HashMap<>();
    private final Set<HostId> excused = new HashSet<>();
    private final Set<String> known = new HashSet<>();

    RecordSoFar(List<Entry> record) {
        for (Entry entry : record) {
            known.add(key(entry));
            if (entry instanceof Entry.Judged one) {
                judged.put(one.host(), one.outcome());
                if (Attributed.excuses(one)) {
                    excused.add(one.host());
                }
            }
            if (entry instanceof Entry.SoaksAgain(_, _, List<HostId> again)) {
                again.forEach(judged::remove);
                again.forEach(excused::remove);
                known.clear();
            }
        }
    }

    /// How the host was judged; null while it was not.
    @Nullable Outcome outcome(HostId host) {
        return judged.get(host);
    }

    boolean isJudged(HostId host) {
        return judged.containsKey(host);
    }

    /// Hosts whose failure proves nothing.
    Set<HostId> excused() {
        return Set.copyOf(excused);
    }

    /// Whether the comparison was not written down yet; from now on it counts as written.
    boolean isNews(Entry comparison) {
        return known.add(key(comparison));
    }

    /// What is written down once of a wave.
    private static String key(Entry entry) {
        return switch (entry) {
            case Entry.Contrasted(int stratum, int wave, Contrast contrast, _, var cause) ->
                    "%d %d %s %s".formatted(stratum, wave, cause, contrast.symptom());
            case Entry.Shared(int stratum, int wave, String other, Contrast contrast, boolean t) ->
                    "%d %d %s %s %s".formatted(stratum, wave, other, t, contrast.symptom());
            case Entry.WaveBegan _, Entry.Judged _, Entry.Decided _, Entry.PersonAccepted _ -> "";
            case Entry.SoaksAgain _ -> "";
        };
    }
}
