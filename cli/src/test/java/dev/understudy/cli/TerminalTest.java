package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Terminal terminal =
            new Terminal(new PrintStream(printed, true, StandardCharsets.UTF_8), false);

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void alignsColumnsWithoutFrames() {
        terminal.table(
                List.of("a", "bbb"),
                "nothing",
                Terminal.field("NAME", text -> text),
                Terminal.field("LENGTH", text -> "" + text.length()));
        assertThat(printed().lines().map(String::strip).toList())
                .containsExactly("NAME  LENGTH", "a     1", "bbb   3");
    }

    @Test
    void saysInWordsThatThereIsNothing() {
        terminal.table(List.<String>of(), "No hosts yet.", Terminal.field("NAME", text -> text));
        assertThat(printed()).isEqualTo("No hosts yet.\n");
    }

    @Test
    void tellsSpansInTheUnitThatFits() {
        assertThat(Terminal.span(Duration.ofSeconds(40))).isEqualTo("40 s");
        assertThat(Terminal.span(Duration.ofMinutes(90))).isEqualTo("90 min");
        assertThat(Terminal.span(Duration.ofHours(-30))).isEqualTo("30 h");
        assertThat(Terminal.span(Duration.ofDays(3))).isEqualTo("3 d");
        assertThat(Terminal.ago(null, Instant.EPOCH)).isEqualTo("never");
    }

    @Test
    void readsAbsentMembersOfAnAnswerAsEmpty() {
        Json answer = Json.parse("{\"a\":{\"b\":\"c\"},\"n\":null}");
        assertThat(answer.text("a.b")).isEqualTo("c");
        assertThat(answer.text("a.x.y")).isEmpty();
        assertThat(answer.text("n")).isEmpty();
        assertThat(answer.list("items")).isEmpty();
    }
}
