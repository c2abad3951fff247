package dev.understudy.advisory.dsa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.understudy.advisory.Collected;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord.Advisory;
import dev.understudy.advisory.FeedRecord.Fix;
import dev.understudy.advisory.FeedRecord.FixState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DsaFormatTest {
    private final DsaFormat format = new DsaFormat();

    @Test
    void readsAdvisoriesAndWhichRepairsWhich() throws FeedException {
        Collected read = Collected.of(format, "dsa/valid.list");
        assertThat(read.all(Advisory.class))
                .extracting(Advisory::id, Advisory::follows, advisory -> advisory.cves().size())
                .containsExactly(
                        tuple("DSA-6000-2", "DSA-6000-1", 0),
                        tuple("DSA-6000-1", "", 2),
                        tuple("DSA-011", "", 0));
        assertThat(read.all(Fix.class))
                .extracting(Fix::advisory, Fix::release, Fix::state, Fix::fixed)
                .containsExactly(
                        tuple("DSA-6000-2", "bookworm", FixState.FIXED, "1.22.1-9+deb12u4"),
                        tuple("DSA-6000-1", "bookworm", FixState.FIXED, "1.22.1-9+deb12u3"),
                        tuple("DSA-6000-1", "trixie", FixState.NOT_AFFECTED, null));
    }

    @ParameterizedTest
    @CsvSource({"wrong-shape.list,is no advisory", "hostile-date.list,99 Nov 2026"})
    void refusesWhatIsNoSuchList(String name, String why) {
        assertThatThrownBy(() -> Collected.of(format, "dsa/" + name))
                .isInstanceOf(FeedException.class)
                .hasMessageContaining(why);
    }

    @Test
    void readsTheRealListsWithoutLoss() throws FeedException {
        assertThat(Collected.of(format, Collected.shared("debian/DSA_list.txt")).read)
                .isEqualTo(5_406);
        assertThat(Collected.of(format, Collected.shared("debian/DLA_list.txt")).read)
                .isEqualTo(3_534);
    }
}
