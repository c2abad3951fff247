package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.WireException;
import dev.understudy.protocol.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fuzz")
class PolicyFuzzTest {
    private static final String POLICY =
            """
            {
              "mode": "managed",
              "refusePackages": ["postgresql-*", "linux-?"],
              "refuseReboot": true,
              "windows": [{"days": ["sat", "sun"], "from": "22:30", "to": "05:00"}],
              "checkpoints": {"keep": 3, "maxDays": 30, "maxMegabytes": 2048}
            }
            """;

    @TempDir private Path folder;

    /// Whatever is in the file: it is a policy to the letter, or nothing may be changed.
    @Test
    void policies() {
        Path file = folder.resolve("policy.json");
        Fuzz.of("policy.json", WireException.class)
                .with(POLICY)
                .run(
                        bytes -> {
                            Files.write(file, bytes);
                            LocalPolicy policy = LocalPolicy.read(file);
                            if (!policy.faults().isEmpty()) {
                                assertThat(policy.faults().getFirst()).contains("policy.json");
                                throw new WireException(policy.faults().getFirst());
                            }
                            String text = new String(bytes, StandardCharsets.UTF_8);
                            if (policy.mode() == Mode.MANAGED) {
                                assertThat(text).contains("mode");
                            }
                        });
    }

    @Test
    void orderIds() {
        Fuzz.of("order id", IllegalArgumentException.class)
                .with("0190f0a4-7e1c-7d2a-8a4b-3c5d6e7f8a9b")
                .runText(text -> assertThat(OrderId.of(text).toString()).doesNotContain("/", ".."));
    }

    /// Only a torn end may be passed over: every whole line counts, or nothing does.
    @Test
    void journals() throws IOException {
        Path file = folder.resolve("journal");
        OrderId order = OrderId.of("0190f0a4-7e1c-7d2a-8a4b-3c5d6e7f8a9b");
        Instant at = Instant.parse("2026-11-25T12:00:00Z");
        try (JournalFile journal = JournalFile.open(file, 0)) {
            journal.append(new Entry.Began(at, order, 1, "boot"));
            journal.append(new Entry.Reached(at, order, Step.INSTALL, "boot", "apt"));
            journal.append(new Entry.Acknowledged(at, 7));
        }
        byte[] whole = Files.readAllBytes(file);
        int entries = JournalFile.read(file).entries().size();
        Fuzz.of("journal file", JournalDamagedException.class)
                .with(whole)
                .run(
                        bytes -> {
                            Files.write(file, bytes);
                            JournalFile.Content read = JournalFile.read(file);
                            assertThat(read.soundLength()).isLessThanOrEqualTo(bytes.length);
                            if (bytes.length < whole.length) {
                                assertThat(read.entries()).hasSizeLessThanOrEqualTo(entries);
                            }
                        });
    }
}
