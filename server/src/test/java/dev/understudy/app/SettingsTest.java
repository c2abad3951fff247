package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.rollout.RolloutSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void listensOnLoopbackOnlyByDefault() {
        Settings settings = Settings.parse(List.of(), Map.of());
        assertThat(settings.operatorListen().isLoopback()).isTrue();
        assertThat(settings.operatorListen().port()).isEqualTo(8080);
        assertThat(settings.agentListen().port()).isEqualTo(8443);
        assertThat(settings.agentNames()).contains("localhost", "127.0.0.1");
    }

    @Test
    void takesOptionsBeforeTheEnvironment() {
        Settings settings =
                Settings.parse(
                        List.of(
                                "--operator-listen=[::1]:0",
                                "--agent-names",
                                "a.example,10.0.0.1",
                                "--feed",
                                "kev=file:///srv/kev/",
                                "--feed",
                                "osv=https://osv.example/"),
                        Map.of(
                                "UNDERSTUDY_OPERATOR_LISTEN", "127.0.0.1:1",
                                "UNDERSTUDY_POLL", "PT10S",
                                "UNDERSTUDY_LOG", "ecs"));
        assertThat(settings.operatorListen().port()).isZero();
        assertThat(settings.agentNames()).contains("a.example", "10.0.0.1", "localhost");
        assertThat(settings.feeds())
                .containsEntry("kev", URI.create("file:///srv/kev/"))
                .containsEntry("osv", URI.create("https://osv.example/"));
        assertThat(settings.fleet().poll()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.log()).isEqualTo(Settings.Log.ECS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "--operator-listen 0.0.0.0:8080 | tokens are never sent over a network in the clear",
                "--operator-listen 8080         | --operator-listen is '8080'; expected HOST:PORT",
                "--agent-listen 127.0.0.1:99999 | --agent-listen is '127.0.0.1:99999'",
                "--operator-key /nowhere        | --operator-key is '/nowhere'",
                "--database-url mysql://x       | --database-url is 'mysql://x'",
                "--agent-names a_b!             | --agent-names is 'a_b!'",
                "--feed kev                     | --feed is 'kev'; expected NAME=URL",
                "--feed kev=gopher://x          | --feed is 'kev=gopher://x'",
                "--poll soon                    | --poll is 'soon'; expected a duration",
                "--lease PT10H                  | fleet.lease is PT10H",
                "--rehearsal-limit PT5S         | cannot hold a soak",
                "--apply-limit PT0S             | a rollout setting is PT0S",
                "--log loud                     | --log is 'loud'; expected human, ecs",
                "--dta x                        | there is no option --dta",
                "--data                         | --data has no value",
                "serve                          | 'serve' is not an option",
                "--data a --data b              | --data is given 2 times"
            })
    void namesTheValueThatCannotBeUsed(String arguments, String message) {
        assertThatThrownBy(() -> Settings.parse(List.of(arguments.split(" ")), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void limitsOfRehearsalAndApplyAreTheOperatorsToSet() {
        RolloutSettings settings =
                Settings.parse(List.of("--rehearsal-limit=PT3M", "--apply-limit=PT4M"), Map.of())
                        .rollout();
        assertThat(settings.rehearsal().limit()).isEqualTo(Duration.ofMinutes(3));
        assertThat(settings.rehearsal().soak()).isEqualTo(RolloutSettings.USUAL.rehearsal().soak());
        assertThat(settings.limit()).isEqualTo(Duration.ofMinutes(4));
    }

    @Test
    void limitsAreTheUsualOnesWhereNoneAreGiven() {
        assertThat(Settings.parse(List.of(), Map.of()).rollout()).isEqualTo(RolloutSettings.USUAL);
    }

    @Test
    void readsAFileBehindTheEnvironmentAndTheCommandLine(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("server.properties"),
                """
                # for the whole site
                poll = PT10S
                busy-poll: PT1S
                lease = PT50S
                agent-names = a.example, b.example
                """);
        Settings settings =
                Settings.parse(
                        List.of("--data", folder.toString(), "--lease", "PT40S"),
                        Map.of("UNDERSTUDY_BUSY_POLL", "PT3S"));
        assertThat(settings.fleet().poll()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.fleet().busyPoll()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.fleet().lease()).isEqualTo(Duration.ofSeconds(40));
        assertThat(settings.agentNames()).contains("a.example", "b.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "poll = soon             | poll in FILE is 'soon'; expected a duration",
                "pol = PT10S             | pol in FILE is 'PT10S', and there is no such setting",
                "data = /elsewhere       | data in FILE is '/elsewhere', and there is no such",
                "database-password = abc | database-password in FILE is '…', and there is no such",
                "operator-listen = 8080  | operator-listen in FILE is '8080'; expected HOST:PORT",
                "log = \\uZZZZ          | FILE cannot be read",
            })
    void namesFileKeyAndValueOfWhatItCannotUse(String line, String said, @TempDir Path folder)
            throws Exception {
        Path file = Files.writeString(folder.resolve("site.properties"), line + "\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        List<String> arguments = List.of("--settings", file.toString());
        assertThat(Main.check(arguments, Map.of(), print, print)).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(said.replace("FILE", file.toString()));
    }

    @Test
    void refusesAFileThatSaysTheSameTwiceOrIsNotThere(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("twice"), "poll=PT10S\npoll=PT20S\n");
        assertThatThrownBy(() -> Settings.parse(List.of("--settings", file.toString()), Map.of()))
                .hasMessageContaining("poll in " + file + " is there twice");
        assertThatThrownBy(() -> Settings.parse(List.of("--settings", "/nowhere"), Map.of()))
                .hasMessageContaining("/nowhere");
    }

    @Test
    void checkSettingsSaysWhereEachComesFrom() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Map<String, String> environment = Map.of("UNDERSTUDY_LOG", "ecs");
        assertThat(Main.check(List.of("--poll", "PT9S"), environment, print, print)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern("poll +PT9S +\\(--poll\\)")
                .containsPattern("log +ecs +\\(UNDERSTUDY_LOG\\)")
                .containsPattern("lease +\\(usual\\)")
                .endsWith("These settings can be used.\n");
    }
}
