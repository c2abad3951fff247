package dev.understudy.rollout.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.understudy.rollout.gate.Contrast.Cause;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class ContrastTest {
    private static final double HARMLESS = 0.01;

    @Test
    void anOutageOfEverybodyIsExternal() {
        assertThat(contrast(20, 8, 200, 80).cause(HARMLESS)).isEqualTo(Cause.EXTERNAL);
    }

    @Test
    void whatOnlyPatchedHostsShowIsThePatchs() {
        assertThat(contrast(20, 1, 200, 0).cause(HARMLESS)).isEqualTo(Cause.PATCH);
    }

    @Test
    void withoutAControlItIsThePatchs() {
        assertThat(contrast(20, 20, 0, 0).cause(HARMLESS)).isEqualTo(Cause.PATCH);
    }

    @Test
    void oneUnpatchedHostsMisfortuneExplainsNothing() {
        assertThat(contrast(1, 1, 1, 1).cause(HARMLESS)).isEqualTo(Cause.PATCH);
        assertThat(contrast(5, 1, 5, 1).cause(HARMLESS)).isEqualTo(Cause.PATCH);
    }

    @Test
    void patchedHostsThatFailMoreOftenThanTheControlCountAgainstThePatch() {
        Contrast worse = contrast(20, 18, 200, 40);
        assertThat(worse.disturbed(HARMLESS)).isTrue();
        assertThat(worse.cause(HARMLESS)).isEqualTo(Cause.PATCH);
    }

    @Test
    void aBackgroundAtWhichHostsFailByThemselvesExplainsNothing() {
        assertThat(contrast(20, 1, 1_000, 12).cause(HARMLESS)).isEqualTo(Cause.PATCH);
    }

    /// Fisher's own example, the lady tasting tea: all four cups right, 1 in 70.
    @Test
    void theTestsAreExact() {
        assertThat(contrast(4, 4, 4, 0).worseByChance()).isEqualTo(1.0 / 70, within(1e-12));
        assertThat(contrast(4, 3, 4, 1).worseByChance()).isEqualTo(17.0 / 70, within(1e-12));
        assertThat(contrast(1, 0, 10, 2).byChance(0.1))
                .isEqualTo(1 - Math.pow(0.9, 10) - 10 * 0.1 * Math.pow(0.9, 9), within(1e-12));
    }

    @Test
    void whatPatchedHostsShowHasNoPartInWhetherTheWaveIsLeftOut() {
        for (int failed = 0; failed <= 20; failed++) {
            assertThat(contrast(20, failed, 200, 80).disturbed(HARMLESS)).isTrue();
            assertThat(contrast(20, failed, 200, 3).disturbed(HARMLESS)).isFalse();
        }
    }

    @Test
    void moreFailuresOfPatchedHostsNeverClearThePatch() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        for (int i = 0; i < 2_000; i++) {
            int patched = 1 + random.nextInt(60);
            int control = random.nextInt(300);
            int controlFailed = control == 0 ? 0 : random.nextInt(control + 1);
            boolean blamed = false;
            for (int failed = 0; failed <= patched; failed++) {
                boolean now =
                        contrast(patched, failed, control, controlFailed).cause(HARMLESS)
                                == Cause.PATCH;
                assertThat(now || !blamed).isTrue();
                blamed = now;
            }
        }
    }

    @Test
    void impossibleNumbersAreRefused() {
        assertThatThrownBy(() -> contrast(1, 2, 3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 of 1");
    }

    @Test
    void aCauseThatDoesNotFollowFromItsNumbersDoesNotReplay() {
        Contrast outage = contrast(20, 8, 200, 80);
        assertThat(Course.replays(List.of(), List.of(entry(outage, Cause.EXTERNAL)))).isTrue();
        assertThat(Course.replays(List.of(), List.of(entry(outage, Cause.PATCH)))).isFalse();
        assertThat(Course.replays(List.of(), List.of(new Entry.Shared(0, 1, "b", outage, true))))
                .isFalse();
    }

    private static Entry entry(Contrast contrast, Cause cause) {
        return new Entry.Contrasted(0, 1, contrast, HARMLESS, cause);
    }

    private static Contrast contrast(int patched, int failed, int control, int controlFailed) {
        return new Contrast(
                "unit web.service", "unpatched", patched, failed, control, controlFailed);
    }
}
