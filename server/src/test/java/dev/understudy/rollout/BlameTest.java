package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Clue;
import dev.understudy.protocol.Clue.Kind;
import dev.understudy.risk.PatchId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BlameTest {
    private static final HostPlan THREE = Samples.plan("curl", "nginx", "openssl");
    private static final List<String> REASONS =
            List.of("web.service on 0.0.0.0:80 answered 'http 200' before and 'http 500' now");

    @Test
    void accusesNobodyOfWhatIsTheHostsOwn() {
        Blame blame =
                Blame.of(
                        THREE,
                        List.of("dpkg: error processing package nginx (--configure)"),
                        List.of(
                                new Clue(Kind.INSTALLATION, "nginx", "It failed."),
                                new Clue(Kind.HOST, "", "The disk was full.")),
                        Set.of());
        assertThat(blame).isEqualTo(new Blame.HostsOwn("The disk was full."));
    }

    @Test
    void aPackageWhoseOwnInstallationFailedIsProven() {
        assertThat(
                        judged(
                                REASONS,
                                List.of(new Clue(Kind.INSTALLATION, "nginx", "Its postinst.")),
                                Set.of()))
                .isEqualTo("proven nginx, suspects ");
    }

    @Test
    void aPackageThatThePackageManagerNamesIsProven() {
        assertThat(
                        judged(
                                List.of("dpkg: error processing package nginx (--configure):"),
                                List.of(),
                                Set.of()))
                .isEqualTo("proven nginx, suspects ");
    }

    @Test
    void theOnlyPatchIsProven() {
        Blame blame = Blame.of(Samples.plan("curl"), REASONS, List.of(), Set.of());
        assertThat(describe(blame)).isEqualTo("proven curl, suspects ");
    }

    @Test
    void theOwnerOfWhatFailedIsSuspectedBeforeWhatItUses() {
        assertThat(
                        judged(
                                REASONS,
                                List.of(
                                        new Clue(Kind.OWNER, "nginx", "nginx.service is its unit."),
                                        new Clue(Kind.USED, "openssl", "It runs its files.")),
                                Set.of()))
                .isEqualTo("proven , suspects nginx");
        assertThat(
                        judged(
                                REASONS,
                                List.of(new Clue(Kind.USED, "openssl", "It runs its files.")),
                                Set.of()))
                .isEqualTo("proven , suspects openssl");
    }

    @Test
    void aPackageThatTheReasonsNameIsSuspected() {
        List<String> named = List.of("nginx.service was active before and has failed since");
        assertThat(judged(named, List.of(), Set.of())).isEqualTo("proven , suspects nginx");
        List<String> longer = List.of("nginx-extras.service has failed");
        assertThat(judged(longer, List.of(), Set.of()))
                .isEqualTo("proven , suspects curl nginx openssl");
    }

    @Test
    void whatWorksElsewhereIsClearedUnlessAllOfItDoes() {
        assertThat(judged(REASONS, List.of(), Set.of(Samples.patch("curl"))))
                .isEqualTo("proven , suspects nginx openssl");
        assertThat(judged(REASONS, List.of(), Set.copyOf(THREE.patches())))
                .isEqualTo("proven , suspects curl nginx openssl");
    }

    @Test
    void cluesThatPointOutsideOfThePlanAccuseNobody() {
        assertThat(
                        judged(
                                REASONS,
                                List.of(new Clue(Kind.OWNER, "apache2", "It is its unit.")),
                                Set.of()))
                .isEqualTo("proven , suspects curl nginx openssl");
    }

    private static String judged(List<String> reasons, List<Clue> clues, Set<PatchId> elsewhere) {
        return describe(Blame.of(THREE, reasons, clues, elsewhere));
    }

    private static String describe(Blame blame) {
        return switch (blame) {
            case Blame.HostsOwn(String why) -> why;
            case Blame.Patches(var proven, var suspects) ->
                    "proven %s, suspects %s"
                            .formatted(
                                    sources(proven.keySet().stream()),
                                    sources(suspects.keySet().stream()));
        };
    }

    private static String sources(Stream<PatchId> patches) {
        return patches.map(PatchId::source).sorted().collect(Collectors.joining(" "));
    }
}
