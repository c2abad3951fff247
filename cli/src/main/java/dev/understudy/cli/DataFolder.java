package dev.understudy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where `up` keeps what it started: the control plane's data, the observing agent's data, their
/// logs and process ids.
record DataFolder(Path root) {
    static final String DEFAULT_URL = "http://127.0.0.1:8080";

    static DataFolder usual() {
        String given = System.getenv("UNDERSTUDY_DATA");
        if (given != null && !given.isBlank()) {
            return new DataFolder(Path.of(given).toAbsolutePath());
        }
        return new DataFolder(project().resolve(".understudy"));
    }

    /// The checkout that this command line was started from.
    static Path project() {
        String home = System.getenv("UNDERSTUDY_HOME");
        return Path.of(home == null ? "." : home).toAbsolutePath().normalize();
    }

    Path server() {
        return root.resolve("server");
    }

    Path agent() {
        return root.resolve("agent");
    }

    Path operatorToken() {
        return server().resolve("operator.token");
    }

    Path log(String of) {
        return root.resolve(of + ".log");
    }

    Path process(String of) {
        return root.resolve(of + ".pid");
    }

    /// The operators' address as `up` wrote it down.
    String url() {
        try {
            return Files.readString(root.resolve("url")).strip();
        } catch (IOException absent) {
            return DEFAULT_URL;
        }
    }

    /// The certificate of the operators' port, if `up` gave it one.
    Optional<Path> certificate() {
        try {
            return Optional.of(Path.of(Files.readString(root.resolve("certificate")).strip()));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    void remember(String url, Optional<Path> certificate) throws IOException {
        Files.writeString(root.resolve("url"), url + "\n");
        Files.deleteIfExists(root.resolve("certificate"));
        if (certificate.isPresent()) {
            Files.writeString(root.resolve("certificate"), certificate.get() + "\n");
        }
    }
}
