package dev.understudy.agent.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Units.Unit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void takesOutputThatTellsNoStateForUnreadableAndNotForAHostWithoutUnits() {
        String whole = "Id=a.service\nLoadState=loaded\nActiveState=failed\nNRestarts=2\n";
        assertThat(Units.parse(whole)).singleElement().matches(Unit::failed);
        for (String bad :
                List.of(
                        "",
                        "\n\n\n=\nId\n",
                        whole.strip(),
                        whole.replace("=failed", "="),
                        whole.replace("=failed", "=fai"),
                        whole.replace("ActiveState", "ActiveStat"),
                        whole.replace("LoadState=loaded\n", ""),
                        whole.replace("Id=a.service\n", ""),
                        whole.replace("=2", "=two"),
                        whole.replace("=2", "=-2"),
                        whole.replace("=2", "=99999999999"))) {
            assertThatThrownBy(() -> Units.parse(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void losesNoUnitOfOutputThatIsCutOff() throws Exception {
        String whole = recorded();
        List<Unit> units = Units.parse(whole);
        for (int end = 0; end < whole.length(); end += 7) {
            String cut = whole.substring(0, end);
            try {
                List<Unit> read = Units.parse(cut);
                assertThat(cut).endsWith("\n");
                assertThat(read.stream().map(Unit::name))
                        .isEqualTo(units.stream().map(Unit::name).limit(read.size()).toList());
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void settlesAlthoughTheAgentItselfIsBeingStarted(@TempDir Path root) throws Exception {
        Files.createDirectories(root.resolve("run/systemd/system"));
        String own = "  12 understudy-agent-once.service start running\n";
        assertThat(Units.settle(new Jobs(root, 0, ""), Duration.ZERO)).isTrue();
        assertThat(Units.settle(new Jobs(root, 1, own), Duration.ZERO)).isTrue();
        for (String other :
                List.of(
                        "13 redis-server.service stop running\n",
                        "cut o",
                        "14 a.service restart")) {
            assertThat(Units.settle(new Jobs(root, 2, own + other), Duration.ZERO))
                    .as(other)
                    .isFalse();
        }
    }

    private record Jobs(Path root, int count, String listed) implements Place {
        @Override
        public Output run(Command command) {
            String said = command.arguments().contains("list-jobs") ? listed : count + "\n";
            return new Output(0, said, "", false, Duration.ZERO);
        }

        @Override
        public Path path(String absolute) {
            return root.resolve(absolute.substring(1));
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
