package dev.understudy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.rollout.RolloutSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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
}
