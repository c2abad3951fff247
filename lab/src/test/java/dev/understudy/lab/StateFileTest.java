package dev.understudy.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    @TempDir Path folder;

    @Test
    void keepsValuesAsTheyAre() {
        var values = Map.of("path", "/a b\\c=d#e!f:é", "empty", "", "x.y", " z");
        Path file = folder.resolve("new/state");
        StateFile.write(file, values);
        assertThat(StateFile.read(file)).isPresent();
        assertThat(StateFile.read(file).orElseThrow())
                .containsEntry("path", "/a b\\c=d#e!f:é")
                .containsEntry("empty", "");
    }

    @Test
    void isEmptyWhereThereIsNoFile() {
        assertThat(StateFile.read(folder.resolve("none"))).isEmpty();
    }

    @Test
    void leavesNoHalfWrittenFileInPlace() throws Exception {
        Path file = folder.resolve("state");
        StateFile.write(file, Map.of("a", "1"));
        Files.writeString(folder.resolve("state.next"), "a=");
        assertThat(StateFile.read(file).orElseThrow()).containsEntry("a", "1");
        StateFile.write(file, Map.of("a", "2"));
        assertThat(StateFile.read(file).orElseThrow()).containsEntry("a", "2");
    }

    @Test
    void refusesWhatItCouldNotReadBack() {
        Path file = folder.resolve("state");
        assertThatThrownBy(() -> StateFile.write(file, Map.of("a", "1\n2")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StateFile.write(file, Map.of("a=b", "1")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tellsWhichValueIsMissing() {
        assertThatThrownBy(() -> StateFile.get(Map.of("a", "1"), "b"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("'b'");
    }
}
