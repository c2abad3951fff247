package dev.understudy.agent.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.fuzz.Fuzz;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fuzz")
class MountPlanFuzzTest {

    @Test
    void mounts() {
        Fuzz.of("mountinfo (twin)", IllegalArgumentException.class)
                .with(
                        """
                        36 1 98:0 / / rw,noatime master:1 - ext4 /dev/root rw
                        40 36 98:1 / /var\\040data rw shared:2 - xfs /dev/vdb rw
                        41 36 0:5 / /proc rw - proc proc rw
                        """)
                .runText(text -> assertThat(MountPlan.mountPoints(text)).doesNotContainNull());
    }
}
