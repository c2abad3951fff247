package dev.understudy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `audit`: the record of who did what, out of the control plane and checked without it.
@Command(
        name = "audit",
        description = "Export the audit trail, or verify an export offline.",
        mixinStandardHelpOptions = true,
        subcommands = {AuditCommand.Export.class, AuditCommand.Verify.class},
        synopsisSubcommandLabel = "COMMAND")
final class AuditCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new Failure(2, "Say which: audit export, or audit verify.");
    }

    @Command(
            name = "export",
            description = "Write the audit trail as one JSON entry a line.",
            mixinStandardHelpOptions = true)
    static final class Export implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Default: standard output.")
        private @Nullable Path output;

        @Override
        public Integer call() throws IOException {
            try (InputStream trail = connection.api().stream("/audit", "application/x-ndjson")) {
                if (output == null) {
                    trail.transferTo(System.out);
                    System.out.flush();
                } else {
                    Files.copy(trail, output, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return 0;
        }
    }

    @Command(
            name = "verify",
            description =
                    "Verify the chain of an export (or of the running control plane's trail).",
            mixinStandardHelpOptions = true)
    static final class Verify implements Callable<Integer> {
        @Mixin private final Connection connection = new Connection();

        @Parameters(
                paramLabel = "FILE",
                arity = "0..1",
                description = "An export; without one, a fresh export is taken.")
        private @Nullable Path file;

        @Override
        public Integer call() throws IOException, InterruptedException {
            Path export = file;
            if (export == null) {
                export = Files.createTempFile("understudy-audit", ".ndjson");
                try (InputStream trail =
                        connection.api().stream("/audit", "application/x-ndjson")) {
                    Files.copy(trail, export, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Process verifier =
                    new ProcessBuilder(
                                    ServerProgram.command(
                                            List.of("audit-verify", export.toString())))
                            .inheritIO()
                            .start();
            int code = verifier.waitFor();
            if (file == null) {
                Files.delete(export);
            }
            return code == 0 ? 0 : Failure.NEGATIVE;
        }
    }
}
