package dev.understudy.agent.health;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.protocol.fuzz.Fuzz;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fuzz")
class OwnerProbeFuzzTest {

    @Test
    void probes() {
        Fuzz.of("owner's probe", IllegalArgumentException.class)
                .with(
                        """
                        {"type": "http", "url": "http://127.0.0.1:8080/health?a=b", "status": "2xx"}
                        """)
                .with("{\"type\": \"tcp\", \"host\": \"::1\", \"port\": 5432}")
                .with("{\"type\": \"unit\", \"unit\": \"nginx.service\"}")
                .with(
                        "{\"type\": \"script\", \"path\": \"/etc/understudy/probes.d/shop\","
                                + " \"seconds\": 10}")
                .runText(OwnerProbe::parse);
    }

    @Test
    void namesWhatIsWrong() {
        refuses("{\"type\":\"http\",\"url\":\"http://h:99999/\"}", "99999");
        refuses("{\"type\":\"tcp\",\"port\":1e5}", "port");
        refuses("{\"type\":\"tcp\",\"port\":70000}", "70000");
        refuses("{\"type\":\"tcp\",\"port\":-1}", "-1");
        refuses("{\"type\":\"shell\",\"cmd\":\"id\"}", "shell");
        refuses("{\"type\":\"script\",\"path\":\"/etc/understudy/probes.d/../x\"}", "../x");
        for (String bad : List.of("", "[]", "null", "{", "{\"type\":{}}", "{\"type\":\"tcp\"} x")) {
            refuses(bad, "");
        }
    }

    private static void refuses(String probe, String value) {
        assertThatThrownBy(() -> OwnerProbe.parse(probe))
                .as(probe)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(value);
    }
}
