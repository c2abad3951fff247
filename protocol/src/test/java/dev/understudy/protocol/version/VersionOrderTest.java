package dev.understudy.protocol.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class VersionOrderTest {
    private static final long SEED = 20_261_125;

    /// The Perl library compares longer numbers as doubles, and so wrongly; dpkg itself does not.
    private static final Pattern TOO_LONG_FOR_A_DOUBLE = Pattern.compile("[0-9]{16}");

    private static final Pattern READ_BY_APK =
            Pattern.compile(
                    "[0-9]+(\\.[0-9]+)*[a-z]?(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*"
                            + "(~[0-9a-f]+)?(-r[0-9]+)?");

    /// apk counts in 64 bits.
    private static final Pattern TOO_LONG_FOR_APK = Pattern.compile("[0-9]{19}");

    @ParameterizedTest
    @CsvSource({
        "1.0~rc1, 1.0, -1",
        "1.0-1, 1.0-1+b1, -1",
        "1:0.1, 2.0, 1",
        "1.0-0, 1.0, 0",
        "1., 1.0, 0",
        "99999999999999999999999999, 100000000000000000000000000, -1",
        "1.0-2, 1.0-10, -1",
        "1.a, 1.+, -1",
        "3.0.17-1~deb12u2, 3.0.17-1~deb12u10, -1",
        "x:1, 9:0, -1"
    })
    void dpkgOrdersAsDebianPolicySays(String a, String b, int expected) {
        assertBothWays(VersionOrder.DPKG, a, b, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "1.0~rc1-1, 1.0-1, -1",
        "1.0^git1-1, 1.0-1, 1",
        "1.0^git1-1, 1.0.1-1, -1",
        "1.0a-1, 1.0-1, 1",
        "1.0a-1, 1.0.1-1, -1",
        "1:1.0-1, 2.0-1, 1",
        "0:1.0-1, 1.0-1, 0",
        "1.0, 1.0-1, -1",
        "1.0_1-1, 1.0.1-1, 0",
        "128.12.0-1.el9_6, 128.12.0-1.el10_0, -1",
        "99999999999999999999999999, 100000000000000000000000000, -1"
    })
    void rpmOrdersAsItsManualSays(String a, String b, int expected) {
        assertBothWays(VersionOrder.RPM, a, b, expected);
    }

    /// apk is not in Debian: these are its rules, put into examples by hand.
    @ParameterizedTest
    @CsvSource({
        // numbers, of which all but the first compare as text once one has a leading zero
        "1.9, 1.10, -1",
        "1, 1.0, -1",
        "007, 7, 0",
        "1.01, 1.1, -1",
        "1.010, 1.9, -1",
        "1.001, 1.01, -1",
        "1.0, 1.00, -1",
        "2.99999999999999999999999, 2.100000000000000000000000, -1",
        // a letter
        "1.0, 1.0a, -1",
        "1.0a, 1.0b, -1",
        "1.0z, 1.0.0, -1",
        // suffixes before the end and after it, each with a number or none, several in a row
        "1.0_alpha, 1.0_beta, -1",
        "1.0_beta, 1.0_pre, -1",
        "1.0_pre, 1.0_rc, -1",
        "1.0_rc9, 1.0, -1",
        "1.0, 1.0_cvs, -1",
        "1.0_cvs, 1.0_svn, -1",
        "1.0_svn, 1.0_git, -1",
        "1.0_git, 1.0_hg, -1",
        "1.0_hg, 1.0_p, -1",
        "1.0_p9, 1.0_p10, -1",
        "1.0_p, 1.0_p0, -1",
        "1.0_alpha, 1.0_alpha1, -1",
        "1.0_alpha_pre1, 1.0_alpha, -1",
        "1.0_p9, 1.0a, -1",
        // the hash of a commit, as text
        "1.0, 1.0~1234, -1",
        "1.0~1234, 1.0~2345, -1",
        "1.0~1234-r1, 1.0~2345-r0, -1",
        // the revision of the package
        "1.0, 1.0-r0, -1",
        "1.0-r9, 1.0-r10, -1",
        "1.0-r1, 1.0_p1-r0, -1",
        "1.0_rc1-r5, 1.0-r0, -1",
        "1.0-r5, 1.0.1-r0, -1",
        // what is no version ends where it cannot be read any further, and is older than that
        "1.0-foo, 1.0, -1",
        "1.0-foo, 1.0-bar, 1",
        "3.3.3p1-r2, 3.3.3p1-r3, -1",
        "3.3.3p1-r9, 3.3.3p1-r10, -1",
        "3.3.3p1-r10, 3.3.3p2-r1, -1",
        "3.3.3p1-r3, 3.3.4-r0, -1",
        "1.0_foo, 1.0_rc, 1",
        "1.0bc, 1.0b, -1",
        "1.0bc, 1.0, 1",
        "1.0-r1-r2, 1.0-r1, -1",
        "1..1, 1, -1",
        "1.0~xyz, 1.0, -1",
        "x, 0, -1",
        "x, '', 1"
    })
    void apkOrdersAsApkToolsDoes(String a, String b, int expected) {
        assertBothWays(VersionOrder.APK, a, b, expected);
    }

    private static void assertBothWays(VersionOrder order, String a, String b, int expected) {
        assertThat(new Pair(a, b).by(order)).as("%s and %s", a, b).isEqualTo(expected);
        assertThat(new Pair(b, a).by(order)).as("%s and %s", b, a).isEqualTo(-expected);
        assertThat(new Pair(a, b).byKeys(order)).as("keys of %s and %s", a, b).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheToolItselfOnRandomPairs(PackageTool tool) throws Exception {
        assumeFalse(tool.isMissing(), () -> tool + " is not installed: nothing to compare with");
        List<Pair> pairs =
                switch (tool) {
                    case DPKG -> RandomVersions.ofDpkg(SEED).pairs(2_000);
                    case DPKG_PERL ->
                            without(
                                    TOO_LONG_FOR_A_DOUBLE,
                                    RandomVersions.ofDpkg(SEED + 1).pairs(50_000));
                    case RPM -> RandomVersions.ofRpm(SEED).pairs(200_000);
                    case APK -> without(TOO_LONG_FOR_APK, RandomVersions.ofApk(SEED).pairs(5_000));
                };
        List<Integer> expected = tool.compare(pairs);
        assertThat(Set.copyOf(expected)).containsExactlyInAnyOrder(-1, 0, 1);
        for (int i = 0; i < pairs.size(); i++) {
            if (pairs.get(i).by(tool.order) != expected.get(i)
                    && !(tool == PackageTool.APK
                            && expected.get(i) == 0
                            && refused(pairs.get(i)))) {
                assertThat(pairs.get(i).by(tool.order))
                        .as("%s", pairs.get(i))
                        .isEqualTo(expected.get(i));
            }
        }
    }

    /// To apk two versions that it cannot read to their ends are equal.
    private static boolean refused(Pair pair) {
        return !READ_BY_APK.matcher(pair.a()).matches() && !READ_BY_APK.matcher(pair.b()).matches();
    }

    private static List<Pair> without(Pattern refused, List<Pair> pairs) {
        return pairs.stream()
                .filter(pair -> !refused.matcher(pair.a() + " " + pair.b()).find())
                .toList();
    }

    static Stream<Arguments> ordersAndVersions() {
        return Stream.of(VersionOrder.values())
                .flatMap(
                        order ->
                                Stream.of(
                                                RandomVersions.ofDpkg(SEED),
                                                RandomVersions.ofRpm(SEED),
                                                RandomVersions.ofApk(SEED),
                                                RandomVersions.hostile(SEED))
                                        .map(versions -> Arguments.of(order, versions)));
    }

    @ParameterizedTest
    @MethodSource("ordersAndVersions")
    void keysCompareAsTheirVersionsDo(VersionOrder order, RandomVersions versions) {
        for (Pair pair : versions.pairs(100_000)) {
            int expected = pair.by(order);
            VersionKey a = order.key(pair.a());
            VersionKey b = order.key(pair.b());
            if (Integer.signum(a.compareTo(b)) != expected
                    || a.equals(b) != (expected == 0)
                    || (expected == 0 && a.hashCode() != b.hashCode())) {
                assertThat(Integer.signum(a.compareTo(b)))
                        .as("%s: %s, keys %s and %s", order, pair, a, b)
                        .isEqualTo(expected);
                assertThat(a.equals(b)).as("%s", pair).isEqualTo(expected == 0);
                assertThat(a).hasSameHashCodeAs(b);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ordersAndVersions")
    void isATotalOrder(VersionOrder order, RandomVersions versions) {
        for (int i = 0; i < 50_000; i++) {
            String a = versions.next();
            String b = versions.near(a);
            String c = versions.near(b);
            int ab = Integer.signum(order.compare(a, b));
            int bc = Integer.signum(order.compare(b, c));
            int ac = Integer.signum(order.compare(a, c));
            assertThat(order.compare(a, a)).isZero();
            assertThat(Integer.signum(order.compare(b, a))).as("%s, %s", a, b).isEqualTo(-ab);
            if (ab * bc >= 0) {
                assertThat(ac).as("%s, %s, %s", a, b, c).isEqualTo(ab != 0 ? ab : bc);
            }
        }
    }

    @Test
    void keysOfTwoOrdersDoNotCompare() {
        VersionKey dpkg = VersionOrder.DPKG.key("1.0");
        VersionKey rpm = VersionOrder.RPM.key("1.0");
        assertThat(dpkg).isNotEqualTo(rpm);
        assertThatThrownBy(() -> dpkg.compareTo(rpm))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("DPKG", "RPM");
    }

    @ParameterizedTest
    @CsvSource({
        "Debian:12, DPKG",
        "Ubuntu:22.04:LTS, DPKG",
        "Ubuntu:Pro:16.04:LTS, DPKG",
        "AlmaLinux:9, RPM",
        "Rocky Linux:9, RPM",
        "Red Hat:enterprise_linux:9::baseos, RPM",
        "SUSE:Linux Enterprise Server 15 SP5, RPM",
        "openSUSE:Leap 15.6, RPM",
        "Mageia:9, RPM",
        "Alpine:v3.20, APK",
        "Wolfi, APK",
        "Chainguard, APK"
    })
    void knowsTheOrderOfAnEcosystem(String ecosystem, VersionOrder expected) {
        assertThat(VersionOrder.ofEcosystem(ecosystem)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"npm", "PyPI", "''", "debian", "Debian GNU/Linux"})
    void doesNotGuessTheOrderOfOthers(String ecosystem) {
        assertThat(VersionOrder.ofEcosystem(ecosystem)).isEmpty();
    }
}
