package dev.understudy.agent.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.fuzz.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fuzz")
class StoredRehearsalsFuzzTest {
    private static final String RECORD =
            """
            {"order":"0190f0a4-7e1c-7d2a-8a4b-3c5d6e7f8a9b","at":"2026-11-25T12:00:00Z",
             "plan":{"changes":[{"name":"a","architecture":"all","from":"1","to":"2"}]},
             "verdict":"PASSED","changes":{"changes":[{"path":"/usr/bin/a","kind":"WRITTEN"}],"leftOut":0},
             "packages":[{"name":"a","architecture":"all","version":"1","sourceName":"a","sourceVersion":"1","status":"ii"}],
             "configuration":{"/etc/a":""}}
            """;

    /// What passed can only be read from a record that says so of this very order.
    @Test
    void rehearsals(@TempDir Path data) throws IOException {
        OrderId order = OrderId.of("0190f0a4-7e1c-7d2a-8a4b-3c5d6e7f8a9b");
        StoredRehearsals stored = new StoredRehearsals(data, InstantSource.system());
        Path record = Files.createDirectories(stored.folder(order)).resolve("rehearsal.json");
        Fuzz.of("stored rehearsal", IOException.class)
                .with(RECORD)
                .run(
                        bytes -> {
                            Files.write(record, bytes);
                            StoredRehearsal read = stored.find(order).orElseThrow();
                            assertThat(read.order()).isEqualTo(order);
                            assertThat(read.changes().changes())
                                    .allMatch(change -> change.path().startsWith("/"));
                        });
    }
}
