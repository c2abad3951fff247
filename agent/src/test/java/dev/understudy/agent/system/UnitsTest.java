package dev.understudy.agent.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.system.Units.Unit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitsTest {
    @Test
    void readsRealUnits() throws Exception {
        List<Unit> units = Units.parse(recorded());

        assertThat(units)
                .filteredOn(unit -> unit.name().equals("nginx.service"))
                .singleElement()
                .satisfies(
                        nginx -> {
                            assertThat(nginx.active()).isEqualTo("active");
                            assertThat(nginx.sub()).isEqualTo("running");
                            assertThat(nginx.enablement()).isEqualTo("enabled");
                            assertThat(nginx.restarts()).isZero();
                            assertThat(nginx.mainPid()).isPositive();
                            assertThat(nginx.restartable()).isTrue();
                        });
        assertThat(units).noneMatch(unit -> unit.name().equals("plymouth-start.service"));
    }

    @Test
    void readsNothingFromNothing() {
        assertThat(Units.parse("")).isEmpty();
        assertThat(Units.parse("\n\n\n=\nId\n")).isEmpty();
    }

    @Test
    void survivesOutputThatIsCutOffAnywhere() throws Exception {
        String whole = recorded();
        for (int end = 0; end < whole.length(); end += 7) {
            assertThat(Units.parse(whole.substring(0, end))).doesNotContainNull();
        }
    }

    private static String recorded() throws IOException {
        try (InputStream in =
                UnitsTest.class.getResourceAsStream("/testdata/systemd/units-252.txt")) {
            if (in == null) {
                throw new IOException("testdata is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
