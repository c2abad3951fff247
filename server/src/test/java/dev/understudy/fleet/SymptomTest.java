package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.ListeningSocket;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.ServiceState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SymptomTest {
    private static final ServiceState WELL = state("web.service", "active", "running");
    private static final ServiceState FAILED = state("web.service", "failed", "failed");
    private static final ServiceState LOOPS = state("web.service", "activating", "auto-restart");
    private static final ListeningSocket WEB =
            new ListeningSocket("tcp", "0.0.0.0", 80, "web", "web.service");

    @Test
    void aUnitThatFailsOrLoopsIsASymptomOnceItDidNotBefore() {
        assertThat(begun(host(WELL), host(FAILED))).containsExactly("unit web.service");
        assertThat(begun(host(WELL), host(LOOPS))).containsExactly("unit web.service");
        assertThat(begun(host(FAILED), host(FAILED))).isEmpty();
        assertThat(begun(host(FAILED), host(WELL))).isEmpty();
    }

    @Test
    void whatFailedBeforeThereWasSomethingToCompareWithIsNone() {
        assertThat(Symptom.ended(Set.of("unit web.service"), host(FAILED))).isEmpty();
        assertThat(Symptom.ended(Set.of("unit web.service"), host(WELL)))
                .containsExactly("unit web.service");
    }

    @Test
    void aServicesSocketOnWhichNobodyListensAnyMoreIsOne() {
        assertThat(begun(host(List.of(WEB)), host(List.of())))
                .containsExactly("socket tcp 0.0.0.0:80");
        assertThat(Symptom.ended(Set.of("socket tcp 0.0.0.0:80"), host(List.of(WEB)))).hasSize(1);
        ListeningSocket byChance =
                new ListeningSocket("udp", "0.0.0.0", 40_000, "dns", "dns.service");
        ListeningSocket login =
                new ListeningSocket("tcp", "127.0.0.1", 6010, "sshd", "session-1.scope");
        assertThat(begun(host(List.of(byChance, login)), host(List.of()))).isEmpty();
    }

    @Test
    void theAgentItselfIsNone() {
        assertThat(begun(host(), host(state("understudy-agent.service", "failed", "failed"))))
                .isEmpty();
    }

    @Test
    void checksOfAnApplyAreCalledLikeWhatInventoriesShow() {
        assertThat(
                        Symptom.of(
                                List.of(
                                        check("unit", "web.service", Health.UNHEALTHY),
                                        check("crash loop", "db.service", Health.UNHEALTHY),
                                        check("socket", "tcp 0.0.0.0:80", Health.UNHEALTHY),
                                        check("http", "0.0.0.0:80", Health.UNHEALTHY),
                                        check("http", "0.0.0.0:81", Health.UNHEALTHY),
                                        check("probe", "own", Health.UNKNOWN),
                                        check("unit", "well.service", Health.HEALTHY))))
                .containsExactlyInAnyOrder(
                        "unit web.service",
                        "unit db.service",
                        "socket tcp 0.0.0.0:80",
                        "http 0.0.0.0:81",
                        "probe own");
    }

    private static Set<String> begun(Inventory before, Inventory now) {
        return Symptom.begun(before, now);
    }

    private static CheckResult check(String check, String subject, Health health) {
        return new CheckResult(check, subject, health, "");
    }

    private static ServiceState state(String unit, String active, String sub) {
        return new ServiceState(unit, "enabled", active, sub);
    }

    private static Inventory host(ServiceState... services) {
        return inventory(List.of(services), List.of());
    }

    private static Inventory host(List<ListeningSocket> sockets) {
        return inventory(List.of(WELL), sockets);
    }

    private static Inventory inventory(List<ServiceState> services, List<ListeningSocket> sockets) {
        return new Inventory(
                new Platform("debian", "12", "bookworm", "Debian", "amd64", "kvm"),
                new Kernel("6.1.0-25-amd64", List.of("6.1.0-25-amd64")),
                List.of(),
                List.of(),
                services,
                sockets,
                List.of(),
                List.of(),
                List.of(),
                new Capabilities("apt", true, "", Capabilities.Mode.MANAGED, List.of()),
                null);
    }
}
