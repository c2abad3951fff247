package dev.understudy.lab.drills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.lab.LabException;
import dev.understudy.lab.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// With the real dpkg-deb, gpg and gpgv.
class DrillArchiveTest {
    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void needsTheTools() {
        for (String tool : List.of("dpkg-deb", "gpg", "gpgv", "gpgconf")) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin", tool)), "needs " + tool);
        }
    }

    @Test
    void showsVersionTwoOfThePublishedDrillsOnly() throws IOException {
        var archive = new DrillArchive(folder);
        archive.build();
        assertThat(versions()).hasSize(Drill.values().length).allMatch(v -> v.endsWith(" 1.0"));

        archive.publish(List.of(Drill.HTTP500));
        assertThat(versions())
                .hasSize(Drill.values().length + 1)
                .contains("understudy-drill-http500 2.0");
        assertThat(new DrillArchive(folder).published()).containsExactly(Drill.HTTP500);

        archive.publish(List.of());
        assertThat(versions()).noneMatch(v -> v.endsWith(" 2.0"));
    }

    @Test
    void signsTheIndex() {
        var archive = new DrillArchive(folder);
        archive.build();
        Path signed = folder.resolve("archive/dists/drill-security/InRelease");
        Programs.run("gpgv", "--keyring", archive.publicKey().toString(), signed.toString());
    }

    @ParameterizedTest
    @EnumSource(Drill.class)
    void everyScriptOfEveryVersionParses(Drill drill) throws IOException {
        for (String version : List.of("1.0", "2.0")) {
            Path pool = Files.createDirectories(folder.resolve("pool"));
            var one = new DrillPackage(drill, version);
            one.build(pool);
            Path tree = folder.resolve(drill.text() + version);
            Programs.run(
                    "dpkg-deb", "-R", pool.resolve(one.fileName()).toString(), tree.toString());
            for (String script : List.of("postinst", "prerm", "postrm")) {
                Programs.run("sh", "-n", tree.resolve("DEBIAN").resolve(script).toString());
            }
            Path program = tree.resolve("usr/lib").resolve(drill.packageName()).resolve("serve");
            Programs.run("perl", "-c", program.toString());
            assertThat(Files.readString(program)).doesNotContain("@");
        }
    }

    @Test
    void drillsHavePortsOfTheirOwnAndNamesThatCanBeReadBack() {
        assertThat(Stream.of(Drill.values()).map(Drill::port)).doesNotHaveDuplicates();
        assertThat(Drill.values()).allMatch(drill -> Drill.of(drill.text()) == drill);
        assertThatThrownBy(() -> Drill.of("evil"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("live-only");
    }

    private List<String> versions() throws IOException {
        String architecture = Programs.run("dpkg", "--print-architecture");
        Path index =
                folder.resolve(
                        "archive/dists/drill-security/main/binary-" + architecture + "/Packages");
        return Stream.of(Files.readString(index).split("\n\n"))
                .map(DrillArchiveTest::fields)
                .map(fields -> fields.get("Package") + " " + fields.get("Version"))
                .toList();
    }

    private static Map<String, String> fields(String stanza) {
        var fields = new HashMap<String, String>();
        for (String line : stanza.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith(" ")) {
                fields.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        return fields;
    }
}
