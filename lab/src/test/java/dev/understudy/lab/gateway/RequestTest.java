package dev.understudy.lab.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
    @Test
    void readsARequestAndWhereItsAnswerShallBegin() throws IOException {
        var request =
                read("GET http://m/a HTTP/1.1\r\nHost: m\r\nRange: bytes=12-\r\n\r\n")
                        .orElseThrow();
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.address()).hasHost("m").hasPath("/a");
        assertThat(request.from()).isEqualTo(12);
    }

    @Test
    void isEmptyAtTheEndOfTheConnection() throws IOException {
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "GET a b c HTTP/1.1\r\n\r\n",
                "GET http://m/ SPDY/3\r\n\r\n",
                "GET http://m/<> HTTP/1.1\r\n\r\n",
                "GET http://m/ HTTP/1.1\r\nnot a header\r\n\r\n"
            })
    void refusesWhatIsNotARequest(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void refusesEndlessLinesAndEndlessHeaders() {
        assertThatThrownBy(() -> read("GET " + "a".repeat(20_000)))
                .isInstanceOf(ProtocolException.class);
        var many = new StringBuilder("GET http://m/ HTTP/1.1\r\n");
        for (int i = 0; i < 200; i++) {
            many.append("h").append(i).append(": x\r\n");
        }
        assertThatThrownBy(() -> read(many + "\r\n")).isInstanceOf(ProtocolException.class);
    }

    @Test
    void answersAnyBytesWithARequestOrARefusal() throws IOException {
        var random = new Random(7);
        byte[] sound = "GET http://m/a HTTP/1.1\r\nA: b\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = sound.clone();
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Request.read(new ByteArrayInputStream(bytes))).isNotNull();
            } catch (ProtocolException refused) {
                assertThat(refused)
                        .hasMessageMatching("(?s)(Not a|A line|The request is cut off).*");
            }
        }
    }

    private static Optional<Request> read(String text) throws IOException {
        return Request.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
