package dev.understudy.agent.twin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.fuzz.Fuzz;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a database server and the copy of its files leave to be read, damaged in every way.
@Tag("fuzz")
class CopyDatabaseFuzzTest {
    private static final String POSTMASTER =
            """
            812
            /var/lib/postgresql/15/main
            1764100000
            5432
            /var/run/postgresql
            localhost
              1048641         0
            ready
            """;

    @Test
    void postmaster() throws Exception {
        assertThat(Postmaster.parse(POSTMASTER))
                .isEqualTo(new Postmaster("/var/run/postgresql", "5432"));
        Fuzz.of("postmaster.pid", IOException.class)
                .with(POSTMASTER)
                .with(POSTMASTER.replace("/var/run/postgresql", ""))
                .runText(
                        text -> {
                            Postmaster read = Postmaster.parse(text);
                            assertThat(Integer.parseInt(read.port())).isBetween(1, 65_535);
                            assertThat(read.host()).doesNotContain("\n", "\0");
                        });
    }

    @Test
    void pauses() {
        Fuzz.of("pause of a database", IOException.class)
                .with("182000345\n")
                .runText(said -> assertThat(CopyDatabase.pause(said).isNegative()).isFalse());
    }
}
