package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.governance.Proof;
import dev.understudy.governance.Trials;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.risk.Deadline;
import dev.understudy.rollout.Deployment.State;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// When hosts are patched at the latest: every order takes as long as it may.
class ForecastEndTest {
    private static final RolloutSettings SETTINGS = RolloutSettings.USUAL;
    private static final Duration ORDER = SETTINGS.pickUp().plus(SETTINGS.limit());
    private static final Duration REHEARSAL = SETTINGS.pickUp().plus(SETTINGS.rehearsal().limit());
    private static final Duration SOAK = Samples.TERMS.soak();
    private static final Terms PER_CLASS =
            new Terms(
                    false,
                    1,
                    50,
                    SOAK,
                    RebootPolicy.NEVER,
                    Proof.STRICT,
                    Consent.plain(false),
                    null,
                    null,
                    new Trials(Trials.Who.PER_CLASS, 0));

    @Test
    void wavesThatRehearsedTakeTheirOrdersAndTheirSoaks() {
        assertThat(
                        after(
                                Samples.TERMS,
                                new Rollout.State.Running(1),
                                rehearsed(1),
                                rehearsed(2),
                                rehearsed(3)))
                .isEqualTo(ORDER.plus(SOAK).multipliedBy(2).plus(ORDER));
    }

    @Test
    void aWaveThatRehearsesBeforeItsTurnTakesThatLonger() {
        assertThat(
                        after(
                                PER_CLASS,
                                new Rollout.State.Running(1),
                                rehearsed(1),
                                planned(2),
                                planned(3)))
                .isEqualTo(
                        ORDER.plus(SOAK)
                                .multipliedBy(2)
                                .plus(ORDER)
                                .plus(REHEARSAL.multipliedBy(2)));
        assertThat(after(PER_CLASS, new Rollout.State.Running(2), planned(2)))
                .isEqualTo(REHEARSAL.plus(ORDER));
        assertThat(after(PER_CLASS, new Rollout.State.Running(2), rehearsed(2))).isEqualTo(ORDER);
    }

    @Test
    void wavesThatAreNotLaidYetAreCountedWithTheirRehearsals() {
        Deployment[] three = {planned(0), planned(0), planned(0)};
        Duration first = REHEARSAL;
        Duration waves = ORDER.plus(SOAK).plus(ORDER);
        assertThat(after(Samples.TERMS, new Rollout.State.Rehearsing(), three))
                .isEqualTo(first.plus(waves));
        assertThat(after(PER_CLASS, new Rollout.State.Rehearsing(), three))
                .isEqualTo(first.plus(waves).plus(REHEARSAL.multipliedBy(2)));
    }

    private static Duration after(Terms terms, Rollout.State state, Deployment... each) {
        List<Deployment> members =
                IntStream.range(0, each.length)
                        .mapToObj(
                                i ->
                                        Samples.deployment(
                                                Samples.host(i + 1),
                                                each[i].wave(),
                                                each[i].state()))
                        .toList();
        Map<HostId, ForecastEnd.Due> dues = new HashMap<>();
        Instant due = Samples.NOW.plus(Duration.ofDays(3));
        members.forEach(
                d ->
                        dues.put(
                                d.host(),
                                new ForecastEnd.Due(
                                        Samples.patch("curl"),
                                        new Deadline(due, "CVE-2026-1", Samples.NOW, "seen"))));
        Instant end =
                ForecastEnd.of(
                                Samples.rollout(state, terms),
                                members,
                                dues,
                                _ -> "web",
                                MaintenanceCalendar.EMPTY,
                                SETTINGS,
                                Samples.NOW)
                        .orElseThrow()
                        .end();
        return Duration.between(Samples.NOW, java.util.Objects.requireNonNull(end));
    }

    private static Deployment rehearsed(int wave) {
        return Samples.deployment(Samples.host(1), wave, new State.Rehearsed(Samples.order(1)));
    }

    private static Deployment planned(int wave) {
        return Samples.deployment(Samples.host(1), wave, new State.Planned(false));
    }
}
