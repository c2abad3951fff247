package dev.understudy.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {

    @Test
    void hasTheSameDigestWhateverTheOrderOfItsChanges() {
        assertThat(new Plan(Examples.PLAN.changes().reversed()).digest())
                .isEqualTo(Examples.PLAN.digest());
    }

    @Test
    void hasAnotherDigestWhenAnyVersionDiffers() {
        List<PackageChange> changes = new java.util.ArrayList<>(Examples.PLAN.changes());
        changes.set(0, new PackageChange("libssl3", "amd64", "3.0.16-1", "3.0.17-1~deb12u3"));
        assertThat(new Plan(changes).digest()).isNotEqualTo(Examples.PLAN.digest());
    }

    @Test
    void refusesNothingAndTwice() {
        assertThatThrownBy(() -> new Plan(List.of())).hasMessageContaining("changes nothing");
        PackageChange change = Examples.PLAN.changes().getFirst();
        assertThatThrownBy(() -> new Plan(List.of(change, change)))
                .hasMessageContaining("names libssl3 twice");
    }
}
