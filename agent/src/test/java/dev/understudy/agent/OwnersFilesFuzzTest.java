package dev.understudy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.agent.settings.OwnersFile;
import dev.understudy.agent.settings.Settings;
import dev.understudy.agent.settings.SettingsException;
import dev.understudy.protocol.fuzz.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files that the owner of a host writes, and what the command line makes of bad ones.
@Tag("fuzz")
class OwnersFilesFuzzTest {
    private static final String SETTINGS =
            """
            {
              "server": "https://control.example:8443",
              "data": "/var/lib/understudy",
              "pollSeconds": 60,
              "factsMinutes": 30,
              "refreshHours": 0
            }
            """;

    @TempDir private Path folder;

    @Test
    void settings() {
        Path file = folder.resolve("agent.json");
        Fuzz.of("agent.json", SettingsException.class)
                .with(SETTINGS)
                .run(
                        bytes -> {
                            Files.write(file, bytes);
                            Settings read = Settings.read(file);
                            assertThat(read.dataFolder()).isAbsolute();
                            assertThat(read.longestPause()).isPositive();
                            assertThat(read.factsEvery()).isPositive();
                        });
    }

    @Test
    void aBadSettingsFileEndsEveryCommandWithTheCodeThatKeepsSystemdFromStartingItAgain()
            throws IOException {
        Path file = folder.resolve("agent.json");
        for (Map.Entry<String, String> bad :
                Map.of(
                                "",
                                "agent.json",
                                "{\"pollSeconds\": -1}",
                                "pollSeconds is -1",
                                "{\"pollSeconds\": \"often\"}",
                                "often",
                                "{\"data\": \"relative\"}",
                                "relative",
                                "{\"data\": \"/a\\u0000b\"}",
                                "data is",
                                "{\"server\": \"http://x\"}",
                                "http://x",
                                "{\"colour\": 1}",
                                "colour",
                                "\0\0\0",
                                "agent.json",
                                "[".repeat(100_000),
                                "agent.json")
                        .entrySet()) {
            Files.writeString(file, bad.getKey());
            for (String command : List.of("run", "once", "facts", "pending", "orders", "refresh")) {
                assertThat(run(command, "--config", file.toString()).code())
                        .as(command + " " + bad)
                        .isEqualTo(Main.CONFIGURATION);
            }
            assertThatThrownBy(() -> Settings.read(file))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("agent.json")
                    .hasMessageContaining(bad.getValue());
        }
        assertThat(folder.toFile().list()).containsExactly("agent.json");
    }

    @Test
    void whatIsNoFileOrTooLargeIsRefusedBeforeItIsRead() throws IOException {
        Path large = folder.resolve("large.json");
        Files.write(large, new byte[(1 << 20) + 1]);
        for (Path bad : List.of(large, folder)) {
            assertThat(run("facts", "--config", bad.toString()).code())
                    .isEqualTo(Main.CONFIGURATION);
        }
        assertThatThrownBy(() -> OwnersFile.read(Path.of("/dev/zero"), Settings.class))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("is not a file");
    }

    @Test
    void aPolicyThatCannotBeReadRefusesEveryChangeAndSaysWhy() throws IOException {
        Path policy = folder.resolve("policy.json");
        Files.writeString(policy, "{\"mode\": \"managd\"}");
        Said said = run("policy", "check", "--policy", policy.toString());
        assertThat(said.code()).isNotEqualTo(Main.OK);
        assertThat(said.out()).contains("managd");
    }

    @Test
    void badFlagsAndWordsAreTheCallersMistake() {
        for (List<String> bad :
                List.of(
                        List.of("dance"),
                        List.of("facts", "--colour"),
                        List.of("enrol", "--server"),
                        List.of("facts", "--data"),
                        List.of("enrol", "--server", "ftp://x", "--token", "t"),
                        List.of("restore", "--data", folder.toString()),
                        List.of("restore", "../../etc", "--data", folder.toString()),
                        List.of("apply", "x/../y", "--data", folder.toString()),
                        List.of("apply", "'; drop", "--data", folder.toString()))) {
            assertThat(run(bad.toArray(String[]::new)).code()).as("%s", bad).isEqualTo(Main.USAGE);
        }
    }

    private record Said(int code, String out) {}

    private static Said run(String... line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = Main.run(List.of(line), new PrintStream(out, true, StandardCharsets.UTF_8));
        return new Said(code, out.toString(StandardCharsets.UTF_8));
    }
}
