package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Contrast;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Weighs that hosts are not heard of any more. No clock and no I/O.
///
/// Silence excuses nothing. A host of the wave that stays silent counts as failed; while unpatched
/// hosts fall silent as well, and as often, that is put off and the gate holds. Hosts of earlier
/// waves count as failed later where more of them fell silent than do by themselves, and unpatched
/// hosts did not.
final class WeighSilence {
    /// The symptom of hosts that had proved good before.
    static final String LATER = "silence after the soak";

    private static final int MOST_NAMED = 5;

    private final Rollout rollout;
    private final List<Deployment> members;
    private final Map<HostId, HostSeen> seen;
    private final Attribute.Stage stage;
    private final WeighCauses causes;
    private final Instant from;
    private final Instant now;
    private final double harmless;
    private final boolean certified;
    private final RecordSoFar record;

    private final List<Entry> entries = new ArrayList<>();
    private final Set<HostId> unheard = new HashSet<>();
    private final Set<String> doubts = new TreeSet<>();
    private boolean listening;

    /// @param causes which hosts are the control, and which stratum they are in
    /// @param record the rollout's record so far
    /// @param begun when the wave began
    /// @param certified whether single failures are weighed by the tests of a certificate
    WeighSilence(
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, HostSeen> seen,
            Attribute.Stage stage,
            WeighCauses causes,
            List<Entry> record,
            Instant begun,
            boolean certified,
            Duration hearing,
            Instant now) {
        this.rollout = rollout;
        this.members = members;
        this.seen = seen;
        this.stage = stage;
        this.causes = causes;
        // Who vanished right after its own soak was heard of a little before the next wave began.
        this.from = begun.minus(hearing);
        this.now = now;
        this.harmless = Certify.bound(rollout.terms().proof()).harmless();
        this.certified = certified;
        this.record = new RecordSoFar(record);
    }

    void weigh() {
        Instant until = stage.until();
        if (until == null || !stage.soaked()) {
            return;
        }
        members.stream()
                .filter(Attribute::begun)
                .collect(Collectors.groupingBy(causes::stratum))
                .forEach((stratum, patched) -> stratum(stratum, patched, until));
    }

    private void stratum(int stratum, List<Deployment> begun, Instant until) {
        List<Deployment> control = causes.control(stratum);
        List<Deployment> earlier =
                begun.stream().filter(d -> d.wave() < stage.wave() && keeps(d)).toList();
        if (!earlier.isEmpty() && !(causes.heard(earlier, until) && causes.heard(control, until))) {
            listening = true;
            return;
        }
        later(stratum, earlier, control, until);
        List<Deployment> wave = begun.stream().filter(d -> d.wave() == stage.wave()).toList();
        if (!now.isBefore(RecordEvidence.patience(until, rollout.terms().soak()))) {
            silent(stratum, wave, control, until);
        }
    }

    /// Whether it has the patch, and nothing counts against it yet.
    private boolean keeps(Deployment d) {
        Outcome outcome = record.outcome(d.host());
        boolean has = d.state() instanceof State.Done || d.state() instanceof State.NotInEffect;
        return has && (certified ? outcome == Outcome.GOOD : outcome == null);
    }

    /// Whether the host was heard of about when the wave began, and not since the end of its soak.
    private boolean fell(Deployment d, Instant until) {
        HostSeen known = seen.get(d.host());
        Instant at = known == null ? null : known.at();
        return at != null && !at.isBefore(from) && at.isBefore(until);
    }

    private void later(
            int stratum, List<Deployment> earlier, List<Deployment> control, Instant until) {
        List<Deployment> silent = earlier.stream().filter(d -> fell(d, until)).toList();
        if (silent.isEmpty()) {
            return;
        }
        Contrast contrast = contrast(LATER, earlier.size(), silent.size(), control, until);
        if (contrast.patchedByChance(harmless) > Contrast.WORSE
                || contrast.cause(harmless) == Contrast.Cause.EXTERNAL) {
            return;
        }
        record(stratum, contrast);
        if (certified) {
            silent.forEach(d -> failed(stratum, d, Outcome.FAILED_LATER, until));
        } else {
            doubts.add(
                    "%s of earlier waves had the patch and fell silent since."
                            .formatted(named(silent)));
        }
    }

    private void silent(
            int stratum, List<Deployment> wave, List<Deployment> control, Instant until) {
        List<Deployment> silent =
                wave.stream()
                        .filter(d -> !record.isJudged(d.host()))
                        .filter(RecordEvidence::mayHaveIt)
                        .filter(d -> !RecordEvidence.heard(d, seen, until))
                        .toList();
        if (silent.isEmpty()) {
            return;
        }
        Contrast contrast = contrast(Entry.SILENCE, wave.size(), silent.size(), control, until);
        record(stratum, contrast);
        if (contrast.cause(harmless) == Contrast.Cause.EXTERNAL) {
            silent.forEach(d -> unheard.add(d.host()));
            doubts.add("Unpatched hosts are silent as well; silent hosts are waited for.");
        } else if (!certified) {
            silent.forEach(d -> failed(stratum, d, Outcome.FAILED, until));
        }
    }

    private Contrast contrast(
            String symptom, int patched, int silent, List<Deployment> control, Instant until) {
        int others = (int) control.stream().filter(d -> fell(d, until)).count();
        return new Contrast(symptom, "unpatched", patched, silent, control.size(), others);
    }

    private void record(int stratum, Contrast contrast) {
        Entry.Contrasted entry =
                new Entry.Contrasted(
                        stratum, stage.wave(), contrast, harmless, contrast.cause(harmless));
        if (record.isNews(entry)) {
            entries.add(entry);
        }
    }

    private void failed(int stratum, Deployment d, Outcome outcome, Instant until) {
        entries.add(
                new Entry.Judged(
                        stratum,
                        d.wave(),
                        d.host(),
                        false,
                        outcome,
                        "Nothing was heard of it since %s.".formatted(Sentences.time(until))));
    }

    private String named(List<Deployment> hosts) {
        return Sentences.some(HostSeen.names(seen, hosts.stream()), MOST_NAMED);
    }

    List<Entry> entries() {
        return entries;
    }

    /// Silent hosts that are waited for, since unpatched hosts are silent as well.
    Set<HostId> unheard() {
        return unheard;
    }

    /// Why nothing may be promoted, in sentences.
    Set<String> doubts() {
        return doubts;
    }

    /// Whether patched hosts of earlier waves may still check in.
    boolean listening() {
        return listening;
    }
}
