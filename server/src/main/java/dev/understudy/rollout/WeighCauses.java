package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.rollout.gate.Contrast;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Entry.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Weighs what befell the hosts of one wave. No clock and no I/O.
///
/// Whether something external is going on is read off the control alone, so leaving the whole wave
/// out of the evidence for it, hosts that fared well included, does not favour the patch. What the
/// control does not show as often counts against the patch, as does what cannot be told.
final class WeighCauses {
    private final List<Deployment> members;
    private final Map<HostId, HostSeen> seen;
    private final Attribute.Stage stage;
    private final Map<HostId, Integer> strata;
    private final List<Deployments.Touched> others;
    private final Map<HostId, Set<String>> symptoms;
    private final Duration hearing;
    private final Instant now;
    private final double harmless;
    private final boolean oneStratum;

    private final RecordSoFar record;
    private final List<Deployment> fresh;
    private final Set<HostId> failedNow;
    private final List<Deployment> unjudged;
    private final Map<HostId, Set<RolloutId>> touched = new HashMap<>();

    private final List<Entry> entries = new ArrayList<>();
    private final List<String> news = new ArrayList<>();
    private final Set<HostId> awaited = new HashSet<>();
    private final Set<HostId> excused;
    private final Set<HostId> leftOut = new HashSet<>();
    private final Map<HostId, String> shared = new HashMap<>();
    private boolean listening;

    /// @param record the rollout's record so far
    /// @param strata of the hosts that have a place in the certificate
    /// @param others what other rollouts changed since one soak before the wave began
    /// @param symptoms what began on hosts since the wave began
    WeighCauses(
            Rollout rollout,
            List<Deployment> members,
            Map<HostId, HostSeen> seen,
            Attribute.Stage stage,
            List<Entry> record,
            Map<HostId, Integer> strata,
            List<Deployments.Touched> others,
            Map<HostId, Set<String>> symptoms,
            Duration hearing,
            Instant now) {
        this.members = members;
        this.seen = seen;
        this.stage = stage;
        this.strata = strata;
        this.others = others;
        this.symptoms = symptoms;
        this.hearing = hearing;
        this.now = now;
        this.harmless = Certify.bound(rollout.terms().proof()).harmless();
        this.oneStratum = strata.values().stream().distinct().count() <= 1;
        this.record = new RecordSoFar(record);
        this.excused = new HashSet<>(this.record.excused());
        others.forEach(
                one ->
                        touched.computeIfAbsent(one.host(), _ -> new HashSet<>())
                                .add(one.rollout()));
        fresh = members.stream().filter(d -> RecordEvidence.harmed(d) && !settled(d)).toList();
        failedNow = fresh.stream().map(Deployment::host).collect(Collectors.toSet());
        unjudged =
                members.stream()
                        .filter(d -> d.wave() == stage.wave() && Attribute.begun(d))
                        .filter(d -> !this.record.isJudged(d.host()))
                        .toList();
    }

    private boolean settled(Deployment d) {
        Outcome outcome = record.outcome(d.host());
        return outcome != null && outcome != Outcome.GOOD && outcome != Outcome.LEFT_OUT;
    }

    /// Whether there is anything to weigh.
    boolean needed() {
        return !fresh.isEmpty() || (stage.soaked() && !unjudged.isEmpty());
    }

    void weigh() {
        Set<Integer> concerned =
                fresh.stream().map(this::stratum).collect(Collectors.toCollection(TreeSet::new));
        if (stage.soaked()) {
            unjudged.forEach(d -> concerned.add(stratum(d)));
        }
        concerned.forEach(this::stratum);
        rivals();
    }

    private void stratum(int stratum) {
        List<Deployment> control = control(stratum);
        List<Deployment> mine = unjudged.stream().filter(d -> stratum(d) == stratum).toList();
        if (control.isEmpty()) {
            return;
        }
        if (stage.until() != null && stage.soaked() && !heard(control, stage.until())) {
            listening = true;
        }
        List<Contrast> external =
                shown(control).stream()
                        .map(symptom -> contrast(symptom, stratum, control))
                        .filter(contrast -> contrast.disturbed(harmless))
                        .toList();
        Set<HostId> against = new HashSet<>();
        for (Deployment d : fresh) {
            if (stratum(d) == stratum && !failed(d, control, against)) {
                awaited.add(d.host());
            }
        }
        if (external.isEmpty()) {
            return;
        }
        external.forEach(contrast -> record(stratum, contrast));
        List<Deployment> left = new ArrayList<>(mine);
        Set<HostId> isLeft = mine.stream().map(Deployment::host).collect(Collectors.toSet());
        fresh.stream()
                .filter(d -> stratum(d) == stratum && !isLeft.contains(d.host()))
                .forEach(left::add);
        left.stream()
                .filter(d -> !against.contains(d.host()) && !awaited.contains(d.host()))
                .forEach(d -> excuse(d, external.getFirst().sentence(harmless)));
    }

    /// False while the control has not been heard of since the failure.
    private boolean failed(Deployment d, List<Deployment> control, Set<HostId> against) {
        Set<String> own = symptoms.getOrDefault(d.host(), Set.of());
        if (own.isEmpty()) {
            against.add(d.host());
            return true;
        }
        if (!heard(control, d.since())) {
            return false;
        }
        for (String symptom : own) {
            Contrast contrast = contrast(symptom, stratum(d), control);
            if (contrast.cause(harmless) == Contrast.Cause.PATCH) {
                against.add(d.host());
                record(stratum(d), contrast);
            }
        }
        return true;
    }

    private void record(int stratum, Contrast contrast) {
        Entry.Contrasted entry =
                new Entry.Contrasted(
                        stratum, stage.wave(), contrast, harmless, contrast.cause(harmless));
        if (record.isNews(entry)) {
            entries.add(entry);
            if (contrast.disturbed(harmless)) {
                news.add(entry.sentence());
            }
        }
    }

    private void excuse(Deployment d, String why) {
        boolean harmed = RecordEvidence.harmed(d);
        if (harmed ? excused.add(d.host()) : leftOut.add(d.host())) {
            entries.add(
                    new Entry.Judged(
                            stratum(d),
                            d.wave(),
                            d.host(),
                            false,
                            harmed ? Outcome.DISTURBED : Outcome.LEFT_OUT,
                            why));
        }
    }

    /// Failures of hosts that other rollouts changed too. Where hosts that got only the other fail
    /// significantly more often than hosts that got only this one, it is the other's; then hosts
    /// that got both prove nothing here, however they fare. Else it counts against both.
    private void rivals() {
        for (Deployment d : fresh) {
            if (excused.contains(d.host()) || awaited.contains(d.host())) {
                continue;
            }
            for (RolloutId other : touched.getOrDefault(d.host(), Set.of())) {
                rival(d, other);
            }
        }
    }

    private void rival(Deployment d, RolloutId other) {
        Set<String> own = symptoms.getOrDefault(d.host(), Set.of());
        Set<HostId> theirs =
                others.stream()
                        .filter(one -> one.rollout().equals(other))
                        .map(Deployments.Touched::host)
                        .collect(Collectors.toSet());
        Set<HostId> mine =
                members.stream()
                        .filter(Attribute::begun)
                        .map(Deployment::host)
                        .collect(Collectors.toSet());
        Set<HostId> onlyTheirs = new HashSet<>(theirs);
        onlyTheirs.removeAll(mine);
        Set<HostId> onlyMine = new HashSet<>(mine);
        onlyMine.removeAll(theirs);
        Contrast contrast =
                new Contrast(
                        own.isEmpty() ? "unknown" : String.join(", ", own),
                        "of this rollout only",
                        onlyTheirs.size(),
                        having(onlyTheirs, own),
                        onlyMine.size(),
                        having(onlyMine, own));
        boolean isTheirs = contrast.worse();
        Entry.Shared entry =
                new Entry.Shared(stratum(d), stage.wave(), other.brief(), contrast, isTheirs);
        if (record.isNews(entry)) {
            entries.add(entry);
        }
        if (isTheirs) {
            excuse(d, entry.sentence());
            unjudged.stream()
                    .filter(both -> theirs.contains(both.host()))
                    .filter(both -> !RecordEvidence.harmed(both))
                    .forEach(both -> excuse(both, entry.sentence()));
        } else {
            shared.put(d.host(), entry.sentence());
        }
    }

    private int having(Set<HostId> hosts, Set<String> any) {
        return (int)
                hosts.stream()
                        .filter(
                                host ->
                                        symptoms.getOrDefault(host, Set.of()).stream()
                                                .anyMatch(any::contains))
                        .count();
    }

    /// The hosts of a stratum that are not patched, by this rollout or another.
    List<Deployment> control(int stratum) {
        return members.stream()
                .filter(d -> Attribute.unpatched(d) && !touched.containsKey(d.host()))
                .filter(d -> strata.containsKey(d.host()) ? stratum(d) == stratum : oneStratum)
                .toList();
    }

    /// What at least one host of the control shows.
    private Set<String> shown(List<Deployment> control) {
        Set<String> shown = new TreeSet<>();
        control.forEach(d -> shown.addAll(symptoms.getOrDefault(d.host(), Set.of())));
        return shown;
    }

    private Contrast contrast(String symptom, int stratum, List<Deployment> control) {
        Set<HostId> patched =
                members.stream()
                        .filter(d -> stratum(d) == stratum && Attribute.begun(d))
                        .filter(d -> d.wave() == stage.wave() || failedNow.contains(d.host()))
                        .map(Deployment::host)
                        .collect(Collectors.toSet());
        Set<HostId> unpatched = control.stream().map(Deployment::host).collect(Collectors.toSet());
        return new Contrast(
                symptom,
                "unpatched",
                patched.size(),
                having(patched, Set.of(symptom)),
                unpatched.size(),
                having(unpatched, Set.of(symptom)));
    }

    /// Whether every one of the hosts checked in since then, or was waited for long enough. Who is
    /// silent in the control counts as one without the symptom, which is against the patch.
    boolean heard(List<Deployment> hosts, Instant since) {
        return !now.isBefore(since.plus(hearing))
                || hosts.stream().allMatch(d -> RecordEvidence.heard(d, seen, since));
    }

    /// Which stratum a host is judged in.
    int stratum(Deployment d) {
        return strata.getOrDefault(d.host(), 0);
    }

    List<Entry> entries() {
        return entries;
    }

    List<String> news() {
        return news;
    }

    Set<HostId> awaited() {
        return awaited;
    }

    Set<HostId> excused() {
        return excused;
    }

    boolean listening() {
        return listening;
    }

    Map<HostId, String> shared() {
        return shared;
    }
}
