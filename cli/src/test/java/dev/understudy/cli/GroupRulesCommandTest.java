package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupRulesCommandTest {
    @Test
    void aRuleNamesClassAndDeadlineInAnyOrder() {
        assertThat(GroupRulesCommand.rule("three-days,data=veto:PT4H"))
                .isEqualTo(
                        Map.of(
                                "patchClass", "DATA",
                                "deadlineClass", "THREE_DAYS",
                                "autonomy", "VETO",
                                "veto", "PT4H"));
        assertThat(GroupRulesCommand.rule("any=automatic"))
                .isEqualTo(Map.of("autonomy", "AUTOMATIC"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "kernel=approve=veto", "kernle=approve", "=approve", ""})
    void whatIsNoRuleIsRefusedWithTheNames(String text) {
        assertThatThrownBy(() -> GroupRulesCommand.rule(text))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("kernel, library, plain");
    }
}
