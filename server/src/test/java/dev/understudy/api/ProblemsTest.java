package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class ProblemsTest {
    private final Problems problems = new Problems();

    @Test
    void whatBreaksOffInTheMiddleIsNotFollowedByAProblem() throws Exception {
        IllegalStateException broken = new IllegalStateException("the database went away");
        MockHttpServletResponse begun = new MockHttpServletResponse();
        assertThat(problems.bug(broken, begun).getStatusCode().value()).isEqualTo(500);
        begun.setCommitted(true);
        assertThatThrownBy(() -> problems.bug(broken, begun)).isSameAs(broken);
    }
}
