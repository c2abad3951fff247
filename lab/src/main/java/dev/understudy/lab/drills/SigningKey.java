package dev.understudy.lab.drills;

import dev.understudy.lab.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The key that signs the drill archive, made by the lab and known to its hosts only.
record SigningKey(Path folder) {
    private static final String OWNER = "Understudy lab <lab@understudy.invalid>";

    /// Makes the key, once.
    void ensure() throws IOException {
        if (Files.exists(publicKey())) {
            return;
        }
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        try {
            gpg("--passphrase", "", "--quick-generate-key", OWNER, "ed25519", "sign", "never");
            gpg("--output", publicKey().toString(), "--export", OWNER);
        } finally {
            endAgent();
        }
    }

    /// Writes the text, signed in clear, into a file.
    void sign(Path text, Path signed) {
        try {
            gpg("--output", signed.toString(), "--clearsign", text.toString());
        } finally {
            endAgent();
        }
    }

    Path publicKey() {
        return folder.resolve("understudy-drills.gpg");
    }

    private void gpg(String... arguments) {
        var command = new ArrayList<>(List.of("gpg", "--homedir", folder.toString()));
        command.addAll(List.of("--batch", "--yes", "--quiet", "--pinentry-mode", "loopback"));
        command.addAll(List.of(arguments));
        Programs.run(Duration.ofMinutes(1), command);
    }

    /// Ends the process that gpg leaves running.
    private void endAgent() {
        Programs.run("gpgconf", "--homedir", folder.toString(), "--kill", "gpg-agent");
    }
}
