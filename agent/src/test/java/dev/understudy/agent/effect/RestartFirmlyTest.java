package dev.understudy.agent.effect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartFirmlyTest {
    private static final List<String> REDIS = List.of("redis-server.service");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofMillis(1);

    @TempDir Path root;

    @BeforeEach
    void bootSystemd() throws Exception {
        Files.createDirectories(root.resolve("run/systemd/system"));
    }

    @Test
    void asksAgainAsTheUnitIsAskedAndKillsNobodyWhoThenStops() throws Exception {
        Stubborn systemd = new Stubborn("stop-sigterm", "--signal=2", 3);

        RestartFirmly.Outcome outcome =
                new RestartFirmly(systemd, SOON, LIMIT).restart(REDIS, LIMIT);

        assertThat(outcome.output().succeeded()).isTrue();
        assertThat(outcome.killed()).isEmpty();
        assertThat(systemd.sent)
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(
                        sent ->
                                sent.equals(
                                        "systemctl kill --kill-who=main --signal=2 --"
                                                + " redis-server.service"));
    }

    @Test
    void killsWhatNeverStopsAndSaysSo() throws Exception {
        Stubborn systemd = new Stubborn("stop-sigterm", "--signal=KILL", 1);

        RestartFirmly.Outcome outcome =
                new RestartFirmly(systemd, SOON, Duration.ZERO).restart(REDIS, LIMIT);

        assertThat(outcome.output().succeeded()).isTrue();
        assertThat(outcome.killed())
                .containsExactly("redis-server.service did not stop within 0 s and was killed");
        // One more of the unit's own signals may be on its way while the killed unit ends.
        assertThat(systemd.sent).anyMatch(sent -> sent.contains("--kill-who=all --signal=KILL"));
    }

    /// What a unit does to end well, such as letting its clients finish, is not cut short before
    /// its time.
    @Test
    void leavesAStopCommandOfTheUnitAlone() throws Exception {
        Stubborn systemd = new Stubborn("stop", "", 0);
        systemd.looksUntilItStops = 5;

        RestartFirmly.Outcome outcome =
                new RestartFirmly(systemd, SOON, LIMIT).restart(REDIS, LIMIT);

        assertThat(outcome.output().succeeded()).isTrue();
        assertThat(systemd.sent).isEmpty();
    }

    @Test
    void looksAtNothingWhereTheRestartJustWorks() throws Exception {
        Stubborn systemd = new Stubborn("stop-sigterm", "", 0);
        systemd.stopped.countDown();

        RestartFirmly.Outcome outcome =
                new RestartFirmly(systemd, LIMIT, LIMIT).restart(REDIS, LIMIT);

        assertThat(outcome.output().succeeded()).isTrue();
        assertThat(systemd.looks).isZero();
    }

    /// systemd with one unit, whose restart does not end before it was sent a signal often enough.
    private final class Stubborn implements Place {
        private final String doing;
        private final String heeds;
        private int timesUntilItHeeds;
        private int looksUntilItStops = Integer.MAX_VALUE;
        private int looks;
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final List<String> sent = new ArrayList<>();

        Stubborn(String doing, String heeds, int timesUntilItHeeds) {
            this.doing = doing;
            this.heeds = heeds;
            this.timesUntilItHeeds = timesUntilItHeeds;
        }

        @Override
        public Output run(Command command) throws InterruptedException {
            List<String> words = command.arguments();
            return switch (words.get(1)) {
                case "restart" -> said(stopped.await(1, TimeUnit.MINUTES) ? 0 : 1, "");
                case "kill" -> kill(command);
                case "show" -> words.contains("KillSignal") ? said(0, "2\n") : look();
                default -> throw new IllegalArgumentException(command.toString());
            };
        }

        private Output kill(Command command) {
            sent.add(command.toString());
            if (command.arguments().contains(heeds) && --timesUntilItHeeds <= 0) {
                stopped.countDown();
            }
            return said(0, "");
        }

        private Output look() {
            if (++looks >= looksUntilItStops) {
                stopped.countDown();
            }
            return said(
                    0,
                    """
                    Id=redis-server.service
                    LoadState=loaded
                    ActiveState=deactivating
                    SubState=%s
                    """
                            .formatted(doing));
        }

        private static Output said(int code, String text) {
            return new Output(code, text, "", false, Duration.ZERO);
        }

        @Override
        public Path path(String absolute) {
            return root.resolve(absolute.substring(1));
        }
    }
}
