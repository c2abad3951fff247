package dev.understudy.fleetsim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Platform;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FleetTest {
    static final Images IMAGES =
            new Images(
                    List.of(
                            new Images.Family(
                                    "small",
                                    new Platform(
                                            "ubuntu", "22.04", "jammy", "Ubuntu", "amd64", "kvm"),
                                    IntStream.range(0, 12).mapToObj(FleetTest::image).toList())));

    private static Images.Image image(int month) {
        return new Images.Image(
                LocalDate.of(2025, 1 + month, 1),
                IntStream.range(0, 60)
                        .mapToObj(n -> "package-" + n)
                        .map(
                                name ->
                                        new InstalledPackage(
                                                name,
                                                "amd64",
                                                "1." + month,
                                                name,
                                                "1." + month,
                                                "ii"))
                        .toList());
    }

    @Test
    void theSameSeedGivesTheSameFleet() {
        Fleet one = Fleet.of(IMAGES, 2_000, 40, 7);
        Fleet same = Fleet.of(IMAGES, 2_000, 40, 7);
        Fleet other = Fleet.of(IMAGES, 2_000, 40, 8);
        assertThat(one.shapes()).isEqualTo(same.shapes()).isNotEqualTo(other.shapes());
        assertThat(shapesOf(one)).isEqualTo(shapesOf(same)).isNotEqualTo(shapesOf(other));
    }

    @Test
    void aFewShapesAreOnManyHostsAndManyOnFew() {
        Fleet fleet = Fleet.of(IMAGES, 20_000, 100, 1);
        int[] hosts = new int[fleet.shapes().size()];
        fleet.eachHost(shape -> hosts[shape]++);
        int[] sorted = IntStream.of(hosts).sorted().toArray();
        assertThat(sorted[sorted.length - 1]).isGreaterThan(20_000 / 10);
        assertThat(sorted[sorted.length / 2]).isLessThan(20_000 / 100);
    }

    @Test
    void whatIsPatchedIsNewerAndOtherwiseTheSameKind() {
        Fleet fleet = Fleet.of(IMAGES, 1, 40, 3);
        for (Fleet.Shape shape : fleet.shapes()) {
            Fleet.Shape patched = fleet.shapes().get(shape.patched());
            assertThat(patched.platform()).isEqualTo(shape.platform());
            assertThat(patched.packages())
                    .extracting(InstalledPackage::name)
                    .isEqualTo(shape.packages().stream().map(InstalledPackage::name).toList());
        }
    }

    @Test
    void laggingHostsAreBehindByTimeAndPatchedToTheNewest() {
        Fleet fleet = Fleet.lagging(IMAGES, 1, 400, 60, 3);
        assertThat(fleet.shapes()).isEqualTo(Fleet.lagging(IMAGES, 1, 400, 60, 3).shapes());
        long current = 0;
        long halfAYear = 0;
        for (int shape = 0; shape < 400; shape += 2) {
            int months = 12 - 1 - commonestMonth(fleet.shapes().get(shape));
            assertThat(commonestMonth(fleet.shapes().get(shape + 1))).isEqualTo(11);
            current += months == 0 ? 1 : 0;
            halfAYear += months >= 6 ? 1 : 0;
        }
        assertThat(current).isLessThan(20L);
        assertThat(halfAYear).isBetween(5L, 40L);
    }

    private static int commonestMonth(Fleet.Shape shape) {
        return shape.packages().stream()
                .collect(
                        Collectors.groupingBy(
                                each -> Integer.parseInt(each.version().substring(2)),
                                Collectors.counting()))
                .entrySet()
                .stream()
                .max(java.util.Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    @Test
    void isNoNewerThanTheDayThatItIsMadeFor() {
        Images early = IMAGES.until(LocalDate.of(2025, 3, 15));
        assertThat(early.families().getFirst().images())
                .extracting(Images.Image::date)
                .containsExactly(
                        LocalDate.of(2025, 1, 1),
                        LocalDate.of(2025, 2, 1),
                        LocalDate.of(2025, 3, 1));
        assertThatThrownBy(() -> IMAGES.until(LocalDate.of(2024, 12, 31)))
                .hasMessageContaining("no images");
    }

    @Test
    void refusesAFleetOfNothing() {
        assertThatThrownBy(() -> Fleet.of(IMAGES, 0, 40, 1))
                .hasMessageContaining("at least 1 host");
        assertThatThrownBy(() -> new Images(List.of())).hasMessageContaining("no images");
    }

    @Test
    void readsQuotedValues() {
        assertThat(Csv.split("a,\"b,\"\"c\"\"\",,d")).containsExactly("a", "b,\"c\"", "", "d");
    }

    private static List<Integer> shapesOf(Fleet fleet) {
        List<Integer> shapes = new ArrayList<>();
        fleet.eachHost(shapes::add);
        return shapes;
    }
}
