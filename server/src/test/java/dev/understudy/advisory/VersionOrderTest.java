package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionOrderTest {
    private static final String UPSTREAM = "0123456789abzAZ.+~-";
    private static final List<String> REAL =
            List.of(
                    "3.0.17-1~deb12u2",
                    "3.0.17-1~deb12u3",
                    "3.0.9-1",
                    "1:9.2p1-2+deb12u7",
                    "1:9.2p1-2+deb12u10",
                    "2:8.2.4659-1+deb12u1",
                    "1.22.1-9+deb12u2",
                    "1.22.1-9",
                    "252.38-1~deb12u1",
                    "252.39-1~deb12u1",
                    "6.1.158-1",
                    "6.1.99-1",
                    "2.36-9+deb12u13",
                    "15.14-0+deb12u1",
                    "5:7.0.15-1~deb12u5",
                    "7.88.1-10+deb12u14",
                    "0.105-33",
                    "1.0~rc1-1",
                    "1.0-1",
                    "1.0-1~bpo12+1",
                    "1.0.0-1",
                    "1.0+git20200101-1",
                    "20230311+deb12u1",
                    "2024a-0+deb12u1",
                    "1:1.2.13.dfsg-1",
                    "1.2.13.dfsg-1",
                    "3.20230808.1~deb12u1",
                    "140.5.0esr-1~deb12u1",
                    "9.0.4-1",
                    "10.0.1-1",
                    "0",
                    "0~",
                    "1.0a",
                    "1.0a~",
                    "1.0A",
                    "1.00",
                    "1.0.",
                    "1:0",
                    "0:1.0",
                    "1.0-0",
                    "1.0-00",
                    "1.0--1");

    @ParameterizedTest
    @CsvSource({
        "1.0~rc1, 1.0, -1",
        "1.0-1, 1.0-1+b1, -1",
        "1:0.1, 2.0, 1",
        "1.0-0, 1.0, 0",
        "99999999999999999999999999, 100000000000000000000000000, -1",
        "1.0-2, 1.0-10, -1",
        "1.a, 1.+, -1"
    })
    void comparesAsDebianPolicySays(String a, String b, int expected) {
        assertThat(Integer.signum(VersionOrder.DPKG.compare(a, b))).isEqualTo(expected);
        assertThat(Integer.signum(VersionOrder.DPKG.compare(b, a))).isEqualTo(-expected);
    }

    @Test
    void agreesWithDpkgOnRealAndRandomPairs() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/dpkg")), "there is no dpkg to compare with");
        List<String[]> pairs = pairs();
        assertThat(pairs).hasSizeGreaterThan(2_500);
        List<Integer> expected = askDpkg(pairs);
        for (int i = 0; i < pairs.size(); i++) {
            String[] pair = pairs.get(i);
            assertThat(Integer.signum(VersionOrder.DPKG.compare(pair[0], pair[1])))
                    .as("%s and %s", pair[0], pair[1])
                    .isEqualTo(expected.get(i));
        }
    }

    private static List<String[]> pairs() {
        Random random = new Random(20_261_123);
        List<String[]> pairs = new ArrayList<>();
        for (String a : REAL) {
            for (String b : REAL) {
                if (a.compareTo(b) < 0) {
                    pairs.add(new String[] {a, b});
                }
            }
        }
        while (pairs.size() < 2_600) {
            String a = version(random);
            pairs.add(new String[] {a, random.nextInt(3) == 0 ? version(random) : near(a, random)});
        }
        return pairs;
    }

    private static String version(Random random) {
        StringBuilder version = new StringBuilder();
        if (random.nextInt(4) == 0) {
            version.append(random.nextInt(3)).append(':');
        }
        version.append(random.nextInt(10));
        int length = random.nextInt(random.nextInt(10) == 0 ? 60 : 12);
        for (int i = 0; i < length; i++) {
            version.append(UPSTREAM.charAt(random.nextInt(UPSTREAM.length())));
        }
        return version.append(random.nextBoolean() ? "-1" : "a").toString();
    }

    /// The same but for a character or two after the epoch's digit.
    private static String near(String version, Random random) {
        StringBuilder near = new StringBuilder(version);
        int from = version.indexOf(':') + 2;
        for (int i = random.nextInt(2); i >= 0; i--) {
            int at = from + random.nextInt(near.length() - from);
            char c = UPSTREAM.charAt(random.nextInt(UPSTREAM.length()));
            if (random.nextBoolean()) {
                near.insert(at, c);
            } else {
                near.setCharAt(at, c);
            }
        }
        return near.charAt(near.length() - 1) == '-'
                ? near.append('1').toString()
                : near.toString();
    }

    /// One shell asks for all of them.
    private static List<Integer> askDpkg(List<String[]> pairs)
            throws IOException, InterruptedException {
        String script =
                """
                while read -r a b; do
                  if dpkg --compare-versions "$a" lt "$b"; then echo -1
                  elif dpkg --compare-versions "$a" eq "$b"; then echo 0
                  else echo 1; fi
                done
                """;
        Process shell =
                new ProcessBuilder("/bin/sh", "-c", script)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Thread writing =
                Thread.startVirtualThread(
                        () -> {
                            try (Writer in =
                                    new OutputStreamWriter(
                                            shell.getOutputStream(), StandardCharsets.US_ASCII)) {
                                for (String[] pair : pairs) {
                                    in.write(pair[0] + " " + pair[1] + "\n");
                                }
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        List<Integer> answers = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(shell.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                answers.add(Integer.valueOf(line));
            }
        }
        writing.join();
        assertThat(shell.waitFor()).isZero();
        assertThat(answers).hasSameSizeAs(pairs);
        return answers;
    }
}
