package dev.understudy.advisory.openvex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord.Fix;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.PackageKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenvexFormatTest {
    private final OpenvexFormat format = new OpenvexFormat();

    @Test
    void readsEveryStatusByPackageUrl() throws FeedException {
        Collected read = Collected.of(format, "openvex/CVE-2026-30002.json");
        assertThat(read.rejections).isEmpty();
        assertThat(read.all(Fix.class))
                .extracting(Fix::release, Fix::kind, Fix::name, Fix::state, Fix::fixed, Fix::note)
                .containsExactly(
                        tuple(
                                "jammy",
                                PackageKind.SOURCE,
                                "curl",
                                FixState.FIXED,
                                "7.81.0-1ubuntu1.24",
                                ""),
                        tuple(
                                "jammy",
                                PackageKind.BINARY,
                                "libcurl4",
                                FixState.FIXED,
                                "7.81.0-1ubuntu1.24",
                                ""),
                        tuple(
                                "noble",
                                PackageKind.SOURCE,
                                "curl",
                                FixState.NOT_AFFECTED,
                                null,
                                "vulnerable_code_not_present"),
                        tuple(
                                "xenial-pro",
                                PackageKind.SOURCE,
                                "curl",
                                FixState.NOT_FIXED,
                                null,
                                "wait"),
                        tuple(
                                "focal",
                                PackageKind.SOURCE,
                                "curl",
                                FixState.UNDER_INVESTIGATION,
                                null,
                                ""));
    }

    @ParameterizedTest
    @CsvSource({
        "cut-off.json,not JSON",
        "empty.json,''",
        "wrong-shape.json,not an OpenVEX document",
        "hostile-status.json,status is 'perhaps'",
    })
    void setsAsideWhatIsNotAsItShouldBe(String name, String why) throws FeedException {
        Collected read = Collected.of(format, "openvex/" + name);
        assertThat(read.records).isEmpty();
        assertThat(read.rejections).singleElement().asString().contains(why);
    }

    @Test
    void readsTheSamplesOfARealVendor() throws FeedException {
        for (String name : new String[] {"CVE-2016-20013", "CVE-2023-38545"}) {
            Collected read =
                    Collected.of(format, Collected.shared("osv/samples/" + name + ".json.gz"));
            assertThat(read.rejections).isEmpty();
            assertThat(read.all(Fix.class)).hasSizeGreaterThan(100);
        }
    }
}
