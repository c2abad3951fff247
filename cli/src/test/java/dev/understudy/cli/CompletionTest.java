package dev.understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompletionTest {
    @TempDir private Path folder;

    @Test
    void bashCompletesCommandsBelowOthers() throws Exception {
        StringWriter script = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(script));
        assertThat(line.execute("completion", "bash")).isZero();
        Path file = Files.writeString(folder.resolve("understudy.bash"), script.toString());
        assertThat(completed(file, "understudy", "rollout", "ac")).contains("accept");
        assertThat(completed(file, "./understudy", "quar")).contains("quarantine");
    }

    private static String completed(Path script, String... words) throws Exception {
        String quoted = String.join("' '", words);
        Process bash =
                new ProcessBuilder(
                                List.of(
                                        "bash",
                                        "--norc",
                                        "-c",
                                        "source %s; COMP_WORDS=('%s'); COMP_CWORD=%d; COMP_LINE=x; _complete_understudy; echo \"${COMPREPLY[@]}\""
                                                .formatted(script, quoted, words.length - 1)))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said;
    }
}
