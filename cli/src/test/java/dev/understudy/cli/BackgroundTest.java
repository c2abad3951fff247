package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackgroundTest {
    @TempDir private Path folder;

    @Test
    void findsAndEndsWhatItStarted() throws IOException, InterruptedException {
        Background sleeper = new Background(folder.resolve("sleeper.pid"));
        ProcessHandle process = sleeper.start(List.of("sleep", "60"), folder.resolve("log"));
        assertThat(sleeper.running())
                .hasValueSatisfying(found -> assertThat(found.pid()).isEqualTo(process.pid()));
        assertThat(sleeper.stop(Duration.ofSeconds(5))).isTrue();
        assertThat(process.isAlive()).isFalse();
        assertThat(sleeper.running()).isEmpty();
    }

    @Test
    void neverTakesARecycledProcessIdForItsOwn() throws IOException, InterruptedException {
        Path record = folder.resolve("mine.pid");
        Files.writeString(record, ProcessHandle.current().pid() + " 2001-01-01T00:00:00Z\n");
        Background notMine = new Background(record);
        assertThat(notMine.running()).isEmpty();
        assertThat(notMine.stop(Duration.ofSeconds(1))).isFalse();
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }
}
