package dev.understudy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
    @Test
    void readsTheOneLineFormat() {
        var sources =
                AptSources.parseLines(
                        """
                        # deb http://off.example/debian sid main
                        deb [arch=amd64 signed-by=/k.gpg] http://m.example/debian/ bookworm main contrib # own
                        deb-src http://m.example/debian bookworm main
                        deb cdrom:[Debian]/ bookworm main
                        deb
                        """);
        assertThat(sources)
                .containsExactly(
                        new AptSources.Source(
                                URI.create("http://m.example/debian"),
                                "bookworm",
                                List.of("main", "contrib")));
    }

    @Test
    void readsStanzasWithCommentsContinuedLinesAndSeveralValues() {
        var sources =
                AptSources.parseStanzas(
                        """
                        Types: deb deb-src
                        # a comment inside
                        URIs: http://m.example/debian
                        Suites: bookworm
                         bookworm-updates
                        Components: main
                        Signed-By:
                         -----BEGIN PGP PUBLIC KEY BLOCK-----
                         .
                         mDMEY

                        Enabled: no
                        Types: deb
                        URIs: http://off.example/debian
                        Suites: sid
                        Components: main
                        """);
        assertThat(sources)
                .extracting(AptSources.Source::suite)
                .containsExactly("bookworm", "bookworm-updates");
    }

    @Test
    void findsTheMirrorAmongOtherArchives(@TempDir Path etc) throws IOException {
        Path parts = Files.createDirectories(etc.resolve("sources.list.d"));
        Files.writeString(
                etc.resolve("sources.list"),
                """
                deb http://vendor.example/apt stable main
                deb https://m.example:8080/pub/debian trixie main
                """);
        Files.writeString(
                parts.resolve("security.sources"),
                """
                Types: deb
                URIs: http://m.example/pub/debian-security
                Suites: trixie-security
                Components: main
                """);
        Files.writeString(
                parts.resolve("old.list.disabled"), "deb http://x.example/debian sid main");

        var mirror = AptSources.of(etc).mirror().orElseThrow();

        assertThat(mirror.archive()).isEqualTo(URI.create("https://m.example:8080/pub/debian"));
        assertThat(mirror.security()).isEqualTo(URI.create("http://m.example/pub/debian-security"));
    }

    @Test
    void findsNoMirrorOnAMachineThatHasNone(@TempDir Path etc) {
        assertThat(AptSources.of(etc).mirror()).isEmpty();
    }

    @Test
    void hostsSpeakPlainHttpToTheGatewayEvenIfTheMirrorSpeaksHttps() {
        var mirror =
                new Mirror(
                        URI.create("https://m.example:8080/debian"),
                        URI.create("http://m.example/debian-security"));
        assertThat(mirror.sourcesList("bookworm"))
                .isEqualTo(
                        """
                        deb http://m.example:8080/debian bookworm main
                        deb http://m.example:8080/debian bookworm-updates main
                        deb http://m.example/debian-security bookworm-security main
                        """);
    }
}
