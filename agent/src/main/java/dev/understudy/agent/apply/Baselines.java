package dev.understudy.agent.apply;

import dev.understudy.agent.files.WholeFile;
import dev.understudy.agent.health.HealthSample;
import dev.understudy.agent.log.Log;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// How the host was before each order that changed it, one file per order.
final class Baselines {
    private final Path folder;

    Baselines(Path folder) {
        this.folder = folder;
    }

    /// Returns once it is on the disk.
    void keep(OrderId order, HealthSample sample) {
        try {
            WholeFile.write(file(order), Wire.encode(sample), WholeFile.PRIVATE);
        } catch (IOException e) {
            throw new UncheckedIOException("the host's health cannot be kept", e);
        }
    }

    Optional<HealthSample> find(OrderId order) {
        try {
            return Files.exists(file(order))
                    ? Optional.of(Wire.decode(Files.readAllBytes(file(order)), HealthSample.class))
                    : Optional.empty();
        } catch (IOException | WireException e) {
            Log.error("%s cannot be read: %s", file(order), e.getMessage());
            return Optional.empty();
        }
    }

    /// Deletes those of other orders.
    void keepOnly(Set<String> orders) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!orders.contains(name.replaceFirst("\\.(json|new)$", ""))) {
                    Files.delete(file);
                }
            }
        }
    }

    private Path file(OrderId order) {
        return folder.resolve(order + ".json");
    }
}
