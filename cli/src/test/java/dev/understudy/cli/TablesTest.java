package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.cli.Terminal.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final List<Field<String>> FIELDS =
            List.of(
                    Terminal.field("HOST", text -> text.split("=")[0]),
                    Terminal.field("WHY", text -> text.split("=")[1]));
    private static final String WORDS = "one two three four five six seven eight nine ten eleven";

    @Test
    void keepsARowOnOneLineWhereNobodyCountsColumns() {
        assertThat(Tables.of(List.of("web-1=" + WORDS), FIELDS, 0))
                .containsExactly("HOST   WHY", "web-1  " + WORDS);
    }

    @Test
    void wrapsTheLastColumnWhereItHasRoom() {
        List<String> lines = Tables.of(List.of("web-1=" + WORDS), FIELDS, 50);
        assertThat(lines).hasSize(3).allSatisfy(line -> assertThat(line.length()).isLessThan(50));
        assertThat(lines.get(1)).startsWith("web-1  one two");
    }

    @Test
    void putsTheLastColumnBelowItsRowWhereItHasNone() {
        assertThat(Tables.of(List.of("web-1=" + WORDS, "web-2=short"), FIELDS, 30))
                .containsExactly(
                        "HOST",
                        "web-1",
                        "    one two three four five",
                        "    six seven eight nine ten",
                        "    eleven",
                        "web-2",
                        "    short");
    }

    @Test
    void breaksAWordThatFitsNowhere() {
        assertThat(Tables.wrapped("abcdefgh ij", 4)).containsExactly("abcd", "efgh", "ij");
    }
}
