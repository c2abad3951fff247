package dev.understudy.risk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SharedValuesTest {
    @Test
    void equalValuesAreOneObject() {
        SharedValues<List<String>> shared = new SharedValues<>();
        List<String> first = shared.of(List.of("a", "b"));
        assertThat(shared.of(List.of("a", "b"))).isSameAs(first);
        assertThat(shared.of(List.of("a"))).isNotSameAs(first);
        assertThat(shared.each(List.of(List.of("a", "b"))).getFirst()).isSameAs(first);
    }
}
