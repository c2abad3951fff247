package dev.understudy.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.fuzz.Fuzz;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fuzz")
class LabFilesFuzzTest {

    @Test
    void subnets() {
        Fuzz.of("lab subnet", LabException.class)
                .with("10.77.0.0/16")
                .runText(text -> assertThat(Subnet.parse(text).gateway()).endsWith(".0.1"));
    }

    @Test
    void states(@TempDir Path folder) {
        Path file = folder.resolve("state");
        Fuzz.of("lab state file", RuntimeException.class)
                .with("host=web-1\naddress=10.77.1.1\nroles=nginx,redis\npath=a\\\\b\n")
                .run(
                        bytes -> {
                            Files.write(file, bytes);
                            try {
                                assertThat(StateFile.read(file)).isPresent();
                            } catch (RuntimeException e) {
                                assertThat(e)
                                        .isInstanceOfAny(
                                                LabException.class, UncheckedIOException.class)
                                        .hasMessageContaining("state");
                                throw e;
                            }
                        });
    }
}
