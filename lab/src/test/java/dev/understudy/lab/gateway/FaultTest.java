package dev.understudy.lab.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.lab.LabException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTest {
    @Test
    void readsEveryFault() {
        assertThat(Fault.parse("off")).isEqualTo(new Fault.Off());
        assertThat(Fault.parse("drop")).isEqualTo(new Fault.Drop());
        assertThat(Fault.parse("503\n")).isEqualTo(new Fault.Unavailable());
        assertThat(Fault.parse("slow:1.5")).isEqualTo(new Fault.Slow(Duration.ofMillis(1500)));
        assertThat(Fault.parse("cut:4096")).isEqualTo(new Fault.Cut(4096));
    }

    @ParameterizedTest
    @ValueSource(strings = {"slow", "slow:", "slow:x", "cut:-1", "cut:NaN", "cut:1e99", "dropp"})
    void refusesWhatItDoesNotKnow(String text) {
        assertThatThrownBy(() -> Fault.parse(text)).isInstanceOf(LabException.class);
    }

    @Test
    void isOffWhereNoFileSaysOtherwise(@TempDir Path folder) {
        assertThat(Fault.in(folder.resolve("net"))).isEqualTo(new Fault.Off());
    }
}
