package dev.understudy.fleetsim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChurnTest {
    private static final int DAYS = 100;
    private static final Fleet FLEET = Fleet.of(FleetTest.IMAGES, 4_000, 40, 7);

    private static List<Churn.Life> lives(Fleet fleet) {
        List<Churn.Life> lives = new ArrayList<>();
        new Churn(fleet, DAYS).eachLife(lives::add);
        return lives;
    }

    @Test
    void everyHostEndsWithTheShapeThatTheFleetGivesIt() {
        List<Integer> shapes = new ArrayList<>();
        FLEET.eachHost(shapes::add);
        List<Churn.Life> lives = lives(FLEET);
        assertThat(lives.subList(0, 4_000))
                .allSatisfy(life -> assertThat(life.left()).isNull())
                .extracting(Churn.Life::lastShape)
                .isEqualTo(shapes);
        assertThat(lives).hasSize(4_000 + 200);
        assertThat(lives.subList(4_000, lives.size()))
                .allSatisfy(life -> assertThat(life.left()).isBetween(1, DAYS * 86_400));
        assertThat(lives).isEqualTo(lives(FLEET));
    }

    @Test
    void livesHaveNoGapsAndSomeJoinAreMadeAnewOrPatched() {
        List<Churn.Life> lives = lives(FLEET);
        for (Churn.Life life : lives) {
            for (int i = 1; i < life.stays().size(); i++) {
                assertThat(life.stays().get(i).from()).isEqualTo(life.stays().get(i - 1).to());
            }
            assertThat(life.stays())
                    .allSatisfy(
                            stay ->
                                    assertThat(stay.to() == null || stay.to() > stay.from())
                                            .isTrue());
        }
        assertThat(lives.stream().filter(life -> life.stays().getFirst().from() > 0).count())
                .isBetween(400L, 800L);
        assertThat(lives.stream().filter(life -> life.stays().size() > 1).count())
                .isBetween(1_000L, 3_500L);
        assertThatThrownBy(() -> new Churn(FLEET, 0)).hasMessageContaining("1 day or more");
    }

    @Test
    void hostsThatLagTellWhatTheirPackageManagerWouldInstall() {
        int lagging =
                IntStream.range(0, 40)
                        .filter(shape -> FLEET.shapes().get(shape).patched() != shape)
                        .findFirst()
                        .orElseThrow();
        Fleet.Shape patched = FLEET.shapes().get(FLEET.shapes().get(lagging).patched());
        String version = patched.packages().getFirst().version();
        Upgrades upgrades =
                Upgrades.of(
                        FLEET,
                        List.of(
                                new Fixes.Fix(
                                        "USN-1",
                                        List.of("CVE-2026-10001"),
                                        "jammy",
                                        patched.packages().getFirst().sourceName(),
                                        version)));
        assertThat(upgrades.of(FLEET.shapes().get(lagging).patched())).isEmpty();
        List<PendingUpgrade> pending = upgrades.of(lagging);
        assertThat(pending)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.security()).isEqualTo(!each.cves().isEmpty()));

        HostFacts facts = new HostFacts(FLEET, upgrades, 7);
        HostFacts.Kind kind = facts.kind(3, lagging);
        assertThat(facts.kind(3, lagging)).isEqualTo(kind);
        Instant now = Instant.parse("2026-11-26T00:00:00Z");
        Inventory inventory = facts.inventory(kind, now);
        assertThat(inventory).isEqualTo(facts.inventory(kind, now));
        assertThat(inventory.pending()).isEqualTo(pending);
        assertThat(inventory.packages()).isEqualTo(FLEET.shapes().get(lagging).packages());
        long usual =
                IntStream.range(0, 4_000)
                        .mapToObj(host -> facts.kind(host, 0))
                        .filter(each -> each.equals(new HostFacts.Kind(0, 0, false, false, 0, 0)))
                        .count();
        assertThat(usual).isBetween(1_000L, 2_500L);
    }
}
