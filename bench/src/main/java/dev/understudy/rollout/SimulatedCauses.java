package dev.understudy.rollout;

import dev.understudy.fleet.Opening;
import dev.understudy.fleet.Symptoms;
import dev.understudy.governance.Proof;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.Deployment.State;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Progress;
import dev.understudy.rollout.gate.Step;
import dev.understudy.rollout.gate.WavePlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// One certified rollout that is simulated wave by wave, decided by the server's own classes, with
/// failures by the patch, by outages, by another rollout and by cuts of the network. All of them
/// look the same, which is the worst case: nothing but the control tells them apart.
final class SimulatedCauses {
    private static final String SYMPTOM = "unit web.service";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SOAK = Duration.ofHours(1);
    private static final int OTHERS_ONLY = 200;
    private static final int MOST_SOAKS = 5;

    /// How many outages begin while the wave is still being patched.
    private static final double EARLY = 0.15;

    private static final Terms TERMS =
            new Terms(false, 5, 50, SOAK, RebootPolicy.NEVER, Proof.USUAL);
    private static final RolloutId ID = new RolloutId(new UUID(1, 1));
    private static final RolloutId OTHER = new RolloutId(new UUID(2, 2));

    /// What hosts meet.
    ///
    /// @param patch the share of hosts that the patch breaks
    /// @param outage how likely a wave meets an outage
    /// @param reach the share of hosts that an outage fells, patched or not
    /// @param rival how likely another rollout changes hosts in a wave's soak
    /// @param rivalBreaks the share of its hosts that it breaks
    /// @param rivalShare the share of a wave's hosts that it changes too
    /// @param silent the share of the broken hosts that are never heard of again
    /// @param cut how likely a wave meets a cut of the network, which outlasts all patience
    /// @param cutReach the share of hosts that a cut silences, patched or not
    record Setting(
            double patch,
            double outage,
            double reach,
            double rival,
            double rivalBreaks,
            double rivalShare,
            double silent,
            double cut,
            double cutReach) {}

    /// How it ended.
    ///
    /// @param past whether more hosts than the limit got the patch
    /// @param pauses how often a person had to let it go on
    record Ended(boolean past, boolean halted, boolean asked, int pauses) {}

    private final WavePlan plan;
    private final Setting setting;
    private final boolean attributes;
    private final RandomGenerator random;
    private final int hosts;
    private final List<Draw> draws = new ArrayList<>();
    private final Map<HostId, Integer> strata = new HashMap<>();
    private final Deployment[] members;
    private final boolean[] broken;
    private final List<Entry> record = new ArrayList<>();
    private final Certificate certificate;
    private final Set<HostId> mute = new HashSet<>();
    private final Set<HostId> cutOff = new HashSet<>();
    private Instant now = START;
    private Instant begun = START;
    private Instant settled = START;
    private int pauses;

    /// @param attributes whether failures are put down to causes; if not all count
    SimulatedCauses(WavePlan plan, Setting setting, boolean attributes, RandomGenerator random) {
        this.plan = plan;
        this.setting = setting;
        this.attributes = attributes;
        this.random = random;
        this.hosts = plan.hosts();
        this.members = new Deployment[hosts];
        this.broken = new boolean[hosts];
        this.certificate =
                new Certificate(true, "promise", 1, List.of(new Certificate.Stratum("all", plan)));
        for (int i = 0; i < hosts; i++) {
            HostId host = new HostId(new UUID(7, i));
            Draw.Role role = i < plan.canaries() ? Draw.Role.CANARY : Draw.Role.SAMPLE;
            draws.add(new Draw(host, 0, role, i));
            strata.put(host, 0);
            members[i] =
                    new Deployment(
                            ID,
                            host,
                            null,
                            0,
                            1,
                            START,
                            new State.Rehearsed(
                                    new dev.understudy.protocol.OrderId(new UUID(3, i))));
        }
        // The order is random, so which hosts are broken may be chosen anew for each rollout.
        int all = (int) Math.ceil(setting.patch() * hosts - 1e-9);
        for (int left = all, i = 0; i < hosts; i++) {
            broken[i] = random.nextInt(hosts - i) < left;
            left -= broken[i] ? 1 : 0;
        }
    }

    Ended run() {
        int next = 0;
        int wave = 1;
        int size = plan.canaries() + plan.first();
        while (true) {
            next = wave(wave, next, size);
            Trial trial = Trial.of(certificate, draws, record);
            Progress progress = trial.course().strata().getFirst();
            record.add(trial.course().decide(0, wave));
            switch (progress.step()) {
                case Step.Halt _ -> {
                    return new Ended(false, true, false, pauses);
                }
                case Step.Ask _ -> {
                    return new Ended(false, false, true, pauses);
                }
                case Step.Accept _ -> {
                    return new Ended(true, false, false, pauses);
                }
                case Step.Sample(int more, _) -> size = more;
            }
            wave++;
        }
    }

    /// Patches the next hosts, lets them soak, and records what that shows; again after an outage,
    /// as the server does when a person lets it go on.
    private int wave(int wave, int from, int size) {
        int to = Math.min(hosts, from + size);
        now = now.plus(Duration.ofMinutes(10));
        begun = now;
        settled = begun.plus(Duration.ofMinutes(10));
        Shown shown = new Shown();
        boolean early = random.nextDouble() < EARLY;
        for (int i = from; i < to; i++) {
            members[i] = done(i, wave, begun);
        }
        record.addAll(news(new Rollout.State.Running(wave), Map.of(), Attributed.NOTHING));
        for (int i = from; i < to; i++) {
            if (broken[i] && random.nextDouble() < setting.silent()) {
                mute.add(members[i].host());
            } else if (broken[i] && random.nextBoolean()) {
                shown.add(i, begun, false);
                members[i] = restored(i, wave, begun);
            } else if (broken[i]) {
                shown.add(i, settled, true);
                members[i] = failed(i, wave, settled);
            }
        }
        outage(shown, wave, from, to, early ? begun : settled, early);
        cut(from);
        for (int soaks = 0; ; soaks++) {
            List<Deployments.Touched> others = new ArrayList<>();
            rival(others, shown, wave, from, to, settled);
            now = now.plus(Duration.ofMinutes(71));
            Rollout.State.Soaking soaking =
                    new Rollout.State.Soaking(wave, now.minus(Duration.ofMinutes(1)));
            look(soaking, others, shown);
            List<Entry.SoaksAgain> again =
                    attributes && soaks < MOST_SOAKS
                            ? SoakAgain.again(
                                    wave, List.of(members), record, strata, shown.times, settled)
                            : List.of();
            if (again.isEmpty()) {
                waitForSilent(soaking, others, shown);
                return to;
            }
            record.addAll(again);
            shown = new Shown();
            for (int i = from; i < to; i++) {
                if (members[i].state() instanceof State.Unhealthy && !broken[i]) {
                    members[i] = done(i, wave, now);
                }
            }
            outage(shown, wave, from, to, now, false);
        }
    }

    private void look(
            Rollout.State.Soaking soaking, List<Deployments.Touched> others, Shown shown) {
        Map<HostId, HostSeen> seen = seen();
        record.addAll(news(soaking, seen, attributed(soaking, seen, others, shown.symptoms)));
    }

    /// Silent hosts are waited for; a cut is mended after that.
    private void waitForSilent(
            Rollout.State.Soaking soaking, List<Deployments.Touched> others, Shown shown) {
        if (mute.isEmpty() && cutOff.isEmpty()) {
            return;
        }
        now = RecordEvidence.patience(soaking.until(), SOAK);
        look(soaking, others, shown);
        if (!cutOff.isEmpty()) {
            cutOff.clear();
            now = now.plus(Duration.ofMinutes(10));
            look(soaking, others, shown);
        }
    }

    /// What hosts show, and when.
    private final class Shown {
        private final Map<HostId, Set<String>> symptoms = new HashMap<>();
        private final Map<HostId, Map<String, Symptoms.Time>> times = new HashMap<>();

        void add(int i, Instant at, boolean lasts) {
            add(members[i].host(), at, lasts);
        }

        void add(HostId host, Instant at, boolean lasts) {
            symptoms.put(host, Set.of(SYMPTOM));
            times.putIfAbsent(
                    host,
                    Map.of(
                            SYMPTOM,
                            new Symptoms.Time(at, lasts ? null : at.plus(Duration.ofMinutes(5)))));
        }
    }

    /// Fells hosts, patched or not; those that are just being patched put themselves back.
    private void outage(Shown shown, int wave, int from, int to, Instant at, boolean early) {
        if (random.nextDouble() >= setting.outage()) {
            return;
        }
        for (int i = from; i < hosts; i++) {
            if (random.nextDouble() < setting.reach()) {
                shown.add(i, at, false);
                if (i < to && members[i].state() instanceof State.Done) {
                    members[i] = early ? restored(i, wave, at) : failed(i, wave, at);
                }
            }
        }
    }

    private void cut(int from) {
        if (random.nextDouble() >= setting.cut()) {
            return;
        }
        for (int i = from; i < hosts; i++) {
            if (random.nextDouble() < setting.cutReach()) {
                cutOff.add(members[i].host());
            }
        }
    }

    private void rival(
            List<Deployments.Touched> others, Shown shown, int wave, int from, int to, Instant at) {
        if (random.nextDouble() >= setting.rival()) {
            return;
        }
        for (int i = 0; i < OTHERS_ONLY; i++) {
            HostId host = new HostId(new UUID(9, i));
            others.add(new Deployments.Touched(OTHER, host));
            if (random.nextDouble() < setting.rivalBreaks()) {
                shown.add(host, at, true);
            }
        }
        for (int i = from; i < to; i++) {
            if (random.nextDouble() < setting.rivalShare()) {
                others.add(new Deployments.Touched(OTHER, members[i].host()));
                if (random.nextDouble() < setting.rivalBreaks()
                        && members[i].state() instanceof State.Done) {
                    shown.add(i, at, true);
                    members[i] = failed(i, wave, at);
                }
            }
        }
    }

    private Attributed attributed(
            Rollout.State state,
            Map<HostId, HostSeen> seen,
            List<Deployments.Touched> others,
            Map<HostId, Set<String>> symptoms) {
        if (!attributes) {
            return Attributed.NOTHING;
        }
        WeighCauses weigh =
                new WeighCauses(
                        rollout(state),
                        List.of(members),
                        seen,
                        Objects.requireNonNull(Attribute.Stage.of(state, now)),
                        record,
                        strata,
                        others,
                        symptoms,
                        Duration.ZERO,
                        now);
        weigh.weigh();
        record.addAll(weigh.entries());
        WeighSilence silence =
                new WeighSilence(
                        rollout(state),
                        List.of(members),
                        seen,
                        Objects.requireNonNull(Attribute.Stage.of(state, now)),
                        weigh,
                        record,
                        begun,
                        true,
                        Duration.ZERO,
                        now);
        if (!weigh.listening()) {
            silence.weigh();
        }
        record.addAll(silence.entries());
        pauses += weigh.news().isEmpty() ? 0 : 1;
        return new Attributed(
                weigh.awaited(),
                weigh.excused(),
                weigh.listening() || silence.listening(),
                weigh.shared(),
                weigh.news(),
                List.copyOf(silence.doubts()),
                silence.unheard());
    }

    /// Who was heard of just now, and who not since the wave was patched.
    private Map<HostId, HostSeen> seen() {
        HostSeen heard = new HostSeen("", now, new Opening.Open(null, null));
        HostSeen silent = new HostSeen("", settled, new Opening.Open(null, null));
        Map<HostId, HostSeen> seen = new HashMap<>();
        for (Deployment d : members) {
            boolean hears = !mute.contains(d.host()) && !cutOff.contains(d.host());
            seen.put(d.host(), hears ? heard : silent);
        }
        return seen;
    }

    private List<Entry> news(
            Rollout.State state, Map<HostId, HostSeen> seen, Attributed attributed) {
        return RecordEvidence.news(
                Trial.of(certificate, draws, record),
                rollout(state),
                List.of(members),
                seen,
                attributed,
                now);
    }

    private Deployment done(int i, int wave, Instant at) {
        return in(i, wave, at, new State.Done("c"));
    }

    private Deployment restored(int i, int wave, Instant at) {
        return in(i, wave, at, new State.Restored(List.of("web.service failed")));
    }

    private Deployment failed(int i, int wave, Instant at) {
        return in(i, wave, at, new State.Unhealthy("c", List.of("web.service failed")));
    }

    private Deployment in(int i, int wave, Instant at, State state) {
        return new Deployment(ID, members[i].host(), null, wave, 1, at, state);
    }

    private static Rollout rollout(Rollout.State state) {
        return new Rollout(
                ID,
                "web",
                "simulated",
                new Selection.AllSecurity(),
                TERMS,
                "bench",
                true,
                START,
                START,
                state);
    }
}
