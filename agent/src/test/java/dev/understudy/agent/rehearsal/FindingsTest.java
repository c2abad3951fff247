package dev.understudy.agent.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.RehearsalResult.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private final Findings findings = new Findings();

    @Test
    void passesOnlyWithNeitherFailureNorDoubt() {
        findings.checks(List.of(check("nginx.service", Health.HEALTHY)), "After the patch");
        assertThat(findings.verdict()).isEqualTo(Verdict.PASSED);
        assertThat(findings.healthy()).isEqualTo(1);
    }

    @Test
    void countsWhatIsUnknownAsADoubt() {
        findings.checks(List.of(check("db.service", Health.UNKNOWN)), "Before the patch");
        assertThat(findings.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(findings.reasons()).containsExactly("Before the patch: about db.service");
    }

    @Test
    void letsAFailureOutweighDoubtsAndComeFirst() {
        findings.doubt("no space");
        findings.checks(List.of(check("nginx.service", Health.UNHEALTHY)), "After the patch");
        assertThat(findings.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(findings.reasons())
                .containsExactly("After the patch: about nginx.service", "no space");
    }

    @Test
    void namesACheckOnceHoweverOftenItIsMade() {
        findings.checks(List.of(check("nginx.service", Health.UNHEALTHY)), "After the patch");
        findings.checks(List.of(check("nginx.service", Health.UNHEALTHY)), "After the soak");
        assertThat(findings.reasons()).hasSize(1);
        assertThat(findings.notHealthy()).hasSize(1);
    }

    private static CheckResult check(String subject, Health health) {
        return new CheckResult("unit", subject, health, "about " + subject);
    }
}
