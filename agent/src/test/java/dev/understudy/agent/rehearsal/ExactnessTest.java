package dev.understudy.agent.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.checkpoint.FixedPackages;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExactnessTest {
    private static final PackageChange ONE = new PackageChange("one", "amd64", "1.0", "1.1");
    private static final PackageChange TWO = new PackageChange("two", "amd64", "2.0", "2.1");

    private final FixedPackages packages = new FixedPackages();

    @Test
    void isExactWhereJustThePlanWouldBeDone() throws Exception {
        packages.bases.add("lists of today");
        packages.bases.removeFirst();

        Exactness.Outcome outcome = of(ONE, TWO);

        assertThat(outcome.exact()).isTrue();
        assertThat(outcome.extra()).isEmpty();
        assertThat(outcome.basis()).isEqualTo("lists of today");
    }

    @Test
    void doubtsWhatWouldBeDoneBeyondThePlanOrLeftOut() throws Exception {
        packages.simulated = List.of(TWO);

        Exactness.Outcome outcome = of(ONE);

        assertThat(outcome.exact()).isFalse();
        assertThat(outcome.extra()).containsExactly(TWO);
        assertThat(outcome.doubts())
                .satisfiesExactly(
                        more -> assertThat(more).contains("also change").contains("two"),
                        less -> assertThat(less).contains("would not make").contains("one"));
        assertThat(outcome.basis()).isEmpty();
    }

    @Test
    void keepsNoBasisThatChangedWhileItWasAsked() throws Exception {
        packages.bases.clear();
        packages.bases.addAll(List.of("lists of today", "lists of now"));

        Exactness.Outcome outcome = of(ONE);

        assertThat(outcome.exact()).isTrue();
        assertThat(outcome.basis()).isEmpty();
    }

    private Exactness.Outcome of(PackageChange... changes) throws Exception {
        try (Exactness exactness = new Exactness(packages, new Plan(List.of(changes)))) {
            return exactness.outcome();
        }
    }
}
