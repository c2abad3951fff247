package dev.understudy.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Platform;
import dev.understudy.protocol.fuzz.Fuzz;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fuzz")
class OsReleaseFuzzTest {

    @Test
    void releases() {
        Fuzz.of("os-release", IllegalArgumentException.class)
                .with(
                        """
                        PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
                        VERSION_ID='12'
                        # a comment
                        ID=debian
                        QUOTED="a \\" b"
                        """)
                .runText(
                        text -> {
                            Map<String, String> read = OsRelease.parse(text);
                            Platform platform =
                                    new Platform(
                                            read.getOrDefault("ID", "linux"),
                                            read.getOrDefault("VERSION_ID", ""),
                                            "",
                                            read.getOrDefault("PRETTY_NAME", ""),
                                            "amd64",
                                            "none");
                            assertThat(platform.distribution()).matches("[a-z0-9._-]+");
                        });
    }
}
