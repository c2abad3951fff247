package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.LiveHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DebianVersionTest {
    private static final String LETTERS = "0019az.+~-:AZ";

    @Test
    void ordersAsDpkgDoes() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/dpkg")), "needs dpkg");
        Random random = new Random(20261123);
        List<String[]> pairs = new ArrayList<>();
        while (pairs.size() < 1_500) {
            pairs.add(new String[] {version(random), version(random)});
        }
        pairs.add(new String[] {"1.0~rc1-1", "1.0-1"});
        pairs.add(new String[] {"1.0", "1.0-0"});
        pairs.add(new String[] {"3.0.17-1~deb12u2", "3.0.17-1~deb12u10"});
        pairs.add(new String[] {"5.2.15-2+b8", "5.2.15-2"});

        // One shell for all: a process per pair would take minutes.
        StringBuilder script = new StringBuilder();
        pairs.forEach(
                pair ->
                        script.append(
                                "dpkg --compare-versions '%s' lt '%s' 2>/dev/null && echo lt || { dpkg --compare-versions '%s' gt '%s' 2>/dev/null && echo gt || echo eq; }%n"
                                        .formatted(pair[0], pair[1], pair[0], pair[1])));
        Path file = Files.createTempFile("versions", ".sh");
        Files.writeString(file, script);
        List<String> expected =
                new LiveHost().run(Command.of("sh", file.toString())).stdout().lines().toList();
        Files.delete(file);

        assertThat(expected).hasSameSizeAs(pairs);
        for (int i = 0; i < pairs.size(); i++) {
            String[] pair = pairs.get(i);
            int order = DebianVersion.compare(pair[0], pair[1]);
            assertThat(order < 0 ? "lt" : order > 0 ? "gt" : "eq")
                    .as(pair[0] + " and " + pair[1])
                    .isEqualTo(expected.get(i));
        }
    }

    private static String version(Random random) {
        StringBuilder version = new StringBuilder();
        if (random.nextInt(5) == 0) {
            version.append(random.nextInt(3)).append(':');
        }
        version.append(random.nextInt(3));
        int length = random.nextInt(6);
        for (int i = 0; i < length; i++) {
            char next = LETTERS.charAt(random.nextInt(LETTERS.length()));
            version.append(next == ':' ? '.' : next);
        }
        if (version.charAt(version.length() - 1) == '-') {
            version.append('1');
        }
        return version.toString();
    }
}
