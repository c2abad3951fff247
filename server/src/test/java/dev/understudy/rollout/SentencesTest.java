package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SentencesTest {
    @Test
    void eachReasonIsASentence() {
        assertThat(Sentences.of(List.of("nginx is failed (exit-code)", "It listens no more.")))
                .isEqualTo("nginx is failed (exit-code). It listens no more.");
    }

    @Test
    void noReasonsAreNoText() {
        assertThat(Sentences.of(List.of())).isEmpty();
        assertThat(Sentences.of(List.of("", " "))).isEmpty();
    }
}
