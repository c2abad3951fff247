package dev.understudy.lab.gateway;

import dev.understudy.lab.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/// What is wrong with the network on purpose.
public sealed interface Fault {
    /// All is well.
    record Off() implements Fault {}

    /// Connections end without an answer.
    record Drop() implements Fault {}

    /// Every request is answered 503.
    record Unavailable() implements Fault {}

    /// Every answer, or every connection to the control plane, comes late.
    record Slow(Duration delay) implements Fault {}

    /// Every answer breaks off after so many bytes of its body.
    record Cut(long bytes) implements Fault {}

    static Fault parse(String text) {
        String[] parts = text.strip().split(":", 2);
        try {
            return switch (parts[0]) {
                case "off", "" -> new Off();
                case "drop" -> new Drop();
                case "503" -> new Unavailable();
                case "slow" -> new Slow(Duration.ofMillis((long) (1000 * number(parts))));
                case "cut" -> new Cut((long) number(parts));
                default -> throw new NumberFormatException(parts[0]);
            };
        } catch (NumberFormatException e) {
            throw new LabException(
                    "No fault '%s'. There are: drop, 503, slow:SECONDS, cut:BYTES, off"
                            .formatted(text),
                    e);
        }
    }

    /// The fault that is set now.
    static Fault in(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException _) {
            return new Off();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static double number(String[] parts) {
        double value = parts.length == 2 ? Double.parseDouble(parts[1]) : -1;
        if (!(value >= 0 && value <= 1e12)) {
            throw new NumberFormatException(String.join(":", parts));
        }
        return value;
    }
}
