package dev.understudy.protocol.version;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The package managers' own tools, asked for many pairs in one process: -1, 0 or 1 each. Versions
/// must be free of spaces.
enum PackageTool {
    /// One dpkg per question (1-2 ms), at most two questions a pair.
    DPKG(
            VersionOrder.DPKG,
            "/usr/bin/dpkg",
            """
            while read -r a b; do
              if dpkg --compare-versions "$a" lt "$b"; then echo -1
              elif dpkg --compare-versions "$a" eq "$b"; then echo 0
              elif dpkg --compare-versions "$a" gt "$b"; then echo 1
              else echo 2; fi
            done
            """),
    /// dpkg's own Perl library (package libdpkg-perl), for millions of pairs.
    DPKG_PERL(
            VersionOrder.DPKG,
            "/usr/share/perl5/Dpkg/Version.pm",
            "exec perl -MDpkg::Version -ne 'my ($a, $b) = split; print Dpkg::Version->new($a) <=> Dpkg::Version->new($b), \"\\n\"'"),
    RPM(
            VersionOrder.RPM,
            "/usr/bin/rpm",
            """
            exec rpm --eval '%{lua:
              for line in io.lines() do
                local a, b = line:match("^(%S+) (%S+)$")
                io.stderr:write(rpm.vercmp(a, b), "\\n")
              end}' 2>&1 >/dev/null
            """),
    /// apk-tools 3, of which versions may name a commit. Its package is Alpine's own.
    APK(
            VersionOrder.APK,
            "/sbin/apk",
            """
            while read -r a b; do
              case $(/sbin/apk version -t "$a" "$b") in
                "<") echo -1 ;; "=") echo 0 ;; ">") echo 1 ;; *) echo 2 ;;
              esac
            done
            """);

    final VersionOrder order;
    private final Path tool;
    private final String script;

    PackageTool(VersionOrder order, String tool, String script) {
        this.order = order;
        this.tool = Path.of(tool);
        this.script = script;
    }

    boolean isMissing() {
        return !Files.exists(tool);
    }

    List<Integer> compare(List<Pair> pairs) throws IOException, InterruptedException {
        Path input = Files.createTempFile("understudy-versions", ".in");
        Path output = Files.createTempFile("understudy-versions", ".out");
        try {
            try (BufferedWriter lines = Files.newBufferedWriter(input, StandardCharsets.US_ASCII)) {
                for (Pair pair : pairs) {
                    lines.write(pair.a() + " " + pair.b() + "\n");
                }
            }
            int code =
                    new ProcessBuilder("/bin/sh", "-c", script)
                            .redirectInput(input.toFile())
                            .redirectOutput(output.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
            List<String> lines = Files.readAllLines(output, StandardCharsets.US_ASCII);
            if (code != 0 || lines.size() != pairs.size()) {
                throw new IOException(
                        "%s ended with %d and answered %d of %d questions; the last answer is '%s'"
                                .formatted(
                                        this,
                                        code,
                                        lines.size(),
                                        pairs.size(),
                                        lines.isEmpty() ? "" : lines.getLast()));
            }
            List<Integer> answers = new ArrayList<>(lines.size());
            for (String line : lines) {
                answers.add(Integer.valueOf(line));
            }
            return answers;
        } finally {
            Files.delete(input);
            Files.delete(output);
        }
    }
}
