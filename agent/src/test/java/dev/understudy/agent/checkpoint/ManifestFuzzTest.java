package dev.understudy.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fuzz")
class ManifestFuzzTest {
    private static final String LINES =
            """
            {"id":"c-1","takenAt":"2026-11-25T12:00:00Z","plan":{"changes":[{"name":"a","architecture":"all","from":"1","to":"2"}]},"packages":[{"name":"a","architecture":"all","version":"1","sourceName":"a","sourceVersion":"1","status":"ii"}],"bytes":3}
            {"saved":{"type":"Absent","path":"/usr/bin/new"}}
            {"saved":{"type":"Symlink","path":"/etc/l","attributes":{"mode":511,"uid":0,"gid":0,"modified":"2026-11-25T12:00:00Z","extended":{}},"target":"x"}}
            """;

    @TempDir private Path folder;

    @Test
    void anyChangeOfAManifestIsSeen() {
        Path file = folder.resolve("manifest");
        byte[] whole = sealed(LINES.getBytes(StandardCharsets.UTF_8));
        Fuzz.of("checkpoint manifest", CheckpointException.class)
                .with(whole)
                .run(
                        bytes -> {
                            Files.write(file, bytes);
                            Manifest.read(file);
                            assertThat(bytes).isEqualTo(whole);
                        });
    }

    /// As if somebody had sealed the damaged lines again.
    @Test
    void linesThatAreNoneAreNamed() {
        Path file = folder.resolve("manifest");
        Fuzz.of("checkpoint manifest, sealed anew", CheckpointException.class)
                .with(LINES)
                .run(
                        bytes -> {
                            Files.write(file, sealed(bytes));
                            Manifest read = Manifest.read(file);
                            assertThat(read.paths()).doesNotContainNull();
                        });
    }

    private static byte[] sealed(byte[] lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(lines);
        out.writeBytes((Digests.sha256(lines) + "\n").getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }
}
