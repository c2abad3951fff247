package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangelogTest {
    private static final String TEXT =
            """
            openssl (3.0.17-1~deb12u3) bookworm-security; urgency=medium

              * CVE-2025-9230 (out of bounds), CVE-2025-9232
              * not (really) a head; CVE-2025-1

             -- Someone <a@b>  Sat, 27 Sep 2025 10:00:00 +0200

            openssl (3.0.17-1~deb12u2) bookworm; urgency=medium

              * Closes: #1

            openssl (3.0.16-1~deb12u1) bookworm; urgency=medium

              * CVE-2024-13176
            """;

    private static Changelog parse(String text) throws IOException {
        return Changelog.parse(new StringReader(text), 1 << 20);
    }

    @Test
    void namesTheCvesSinceTheInstalledVersionOnly() throws IOException {
        Changelog changelog = parse(TEXT);

        assertThat(changelog.cvesSince("3.0.16-1~deb12u1"))
                .containsExactly("CVE-2025-9230", "CVE-2025-9232");
        assertThat(changelog.cvesSince("3.0.17-1~deb12u3")).isEmpty();
        assertThat(changelog.cvesSince("3.0.15-1")).contains("CVE-2024-13176");
        assertThat(changelog.covers("3.0.15-1", "3.0.17-1")).isFalse();
        assertThat(changelog.covers("3.0.16-1~deb12u1", "3.0.17-1")).isTrue();
    }

    @Test
    void saysNothingOfACandidateThatItDoesNotReach() throws IOException {
        Changelog changelog = parse(TEXT);

        assertThat(changelog.covers("3.0.17-1~deb12u3", "3.0.18-1")).isFalse();
        assertThat(changelog.covers("3.0.17-1~deb12u3", "3.0.17-1~deb12u3")).isTrue();
    }

    @Test
    void survivesBeingRemembered() throws IOException {
        Changelog changelog = parse(TEXT);

        assertThat(Changelog.fromText(changelog.toText())).isEqualTo(changelog);
    }

    @Test
    void remembersThousandsOfCves() throws IOException {
        String cves =
                IntStream.range(0, 20_000)
                        .mapToObj(i -> "CVE-2025-%05d".formatted(i))
                        .collect(Collectors.joining(", "));
        Changelog changelog = parse("linux (6.1) x; urgency=low\n  * " + cves + "\n");

        assertThat(Changelog.fromText(changelog.toText())).isEqualTo(changelog);
        assertThat(changelog.cvesSince("6.0")).hasSize(20_000);
    }

    @Test
    void findsNothingInTextThatIsNoChangelog() throws IOException {
        assertThat(parse("").entries()).isEmpty();
        assertThat(parse("CVE-2025-9230\n\0\0(((((\n").entries()).isEmpty();
    }

    @Test
    void refusesADamagedMemory() {
        for (String damaged :
                List.of("", "1.0", "1.0\n", "2.0\tCVE-2025-12345\n1.0\tCVE-2025-1234")) {
            assertThatThrownBy(() -> Changelog.fromText(damaged))
                    .as(damaged)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Changelog.fromText("1.0\tCVE-1 x"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
