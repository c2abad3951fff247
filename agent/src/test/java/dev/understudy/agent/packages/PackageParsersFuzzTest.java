package dev.understudy.agent.packages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.agent.packages.PendingUpgradesTest.Said;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.fuzz.Fuzz;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What apt, dpkg and archives say, damaged in every way.
@Tag("fuzz")
class PackageParsersFuzzTest {

    @Test
    void policies() {
        Fuzz.of("apt-cache policy", PackageManagerException.class)
                .with(Said.POLICY)
                .runText(
                        said -> {
                            List<String> asked = List.of("bash", "libc6", "held");
                            assertThat(AptPolicy.parse(said, asked)).containsKeys("bash", "held");
                        });
    }

    @Test
    void indexes() {
        Fuzz.of("apt-get indextargets", PackageManagerException.class)
                .with(Said.INDEXES)
                .runText(AptSource::parse);
    }

    @Test
    void simulations() {
        Fuzz.of("apt-get simulation", PackageManagerException.class)
                .with(Said.SIMULATION)
                .runText(
                        said -> {
                            Simulation read = Simulation.parse(said, Map.of("gone", "amd64"));
                            assertThat(read.removals())
                                    .isEqualTo(
                                            said.lines()
                                                    .filter(
                                                            l ->
                                                                    l.startsWith("Remv ")
                                                                            || l.startsWith(
                                                                                    "Purg "))
                                                    .count());
                            assertThat(read.changes())
                                    .allMatch(c -> c.name().matches("[a-zA-Z0-9][^ ]*"));
                        });
    }

    @Test
    void installedPackages() {
        Fuzz.of("dpkg-query", PackageManagerException.class)
                .with(Said.INSTALLED)
                .runText(
                        said ->
                                assertThat(DpkgDatabase.parse(said))
                                        .isNotEmpty()
                                        .allMatch(p -> p.status().length() > 1));
    }

    /// The whole of it: whatever apt is made to say, each package has an upgrade, has none because
    /// apt says so in so many words, or there is an error.
    @Test
    void pendingUpgrades() {
        Fuzz.of("pending upgrades (policy)", PackageManagerException.class)
                .with(Said.POLICY)
                .runText(
                        said ->
                                plausible(
                                        Said.pending(
                                                said, Said.RECORDS, Said.SIMULATION, Said.HELD),
                                        said));
        Fuzz.of("pending upgrades (records)", PackageManagerException.class)
                .with(Said.RECORDS)
                .runText(
                        said ->
                                complete(
                                        Said.pending(
                                                Said.POLICY, said, Said.SIMULATION, Said.HELD)));
        Fuzz.of("pending upgrades (simulation)", PackageManagerException.class)
                .with(Said.SIMULATION)
                .runText(
                        said -> complete(Said.pending(Said.POLICY, Said.RECORDS, said, Said.HELD)));
        Fuzz.of("apt-mark showhold", PackageManagerException.class)
                .with(Said.HELD)
                .runText(
                        said -> {
                            List<PendingUpgrade> pending =
                                    Said.pending(Said.POLICY, Said.RECORDS, Said.SIMULATION, said);
                            complete(pending);
                            assertThat(pending)
                                    .filteredOn(p -> p.name().equals("held"))
                                    .noneMatch(p -> p.blocked() == PendingUpgrade.Blocked.NONE);
                        });
    }

    private static void plausible(List<PendingUpgrade> pending, String said) {
        Set<String> names = new HashSet<>();
        pending.forEach(p -> names.add(p.name()));
        for (String name : List.of("bash", "held")) {
            assertThat(names.contains(name) || said.contains(name + ":\n")).isTrue();
        }
    }

    private static void complete(List<PendingUpgrade> pending) {
        assertThat(pending).extracting(PendingUpgrade::name).containsExactly("bash", "held");
    }

    @Test
    void paragraphs() {
        Fuzz.of("Deb822 paragraphs", PackageManagerException.class)
                .with(Said.RECORDS)
                .runText(
                        said ->
                                assertThat(Deb822.parse(said))
                                        .allSatisfy(p -> assertThat(p).isNotEmpty()));
        Fuzz.of("apt extended_states", PackageManagerException.class)
                .with("Package: bash\nArchitecture: amd64\nAuto-Installed: 1\n\n")
                .runText(said -> assertThat(AutoMarks.parse(said)).doesNotContainNull());
        Fuzz.of("dpkg conffiles", PackageManagerException.class)
                .with(" /etc/ssl/openssl.cnf 47f6c8b6b4b0b4c1 obsolete\n /etc/a b.conf 0011\n\n")
                .runText(
                        said ->
                                assertThat(KeptConfiguration.conffiles(said))
                                        .allMatch(path -> path.startsWith("/")));
    }

    @Test
    void changelogs() {
        Fuzz.of("changelog", IOException.class)
                .with(Said.CHANGELOG)
                .runText(said -> rewritten(Changelog.parse(new StringReader(said), 4 << 20)));
        Fuzz.of("remembered changelog", IllegalArgumentException.class)
                .with("3.0.17-1~deb12u3\tCVE-2025-9230 CVE-2025-9232\n3.0.16-1\t\n")
                .runText(said -> rewritten(Changelog.fromText(said)));
        Fuzz.of("packed changelog", IOException.class)
                .with(packed(Said.CHANGELOG.getBytes(StandardCharsets.UTF_8)))
                .run(packed -> rewritten(Changelogs.unpack(new ByteArrayInputStream(packed))));
    }

    private static void rewritten(Changelog read) {
        if (!read.entries().isEmpty()) {
            assertThat(Changelog.fromText(read.toText())).isEqualTo(read);
        }
    }

    @Test
    void archives() {
        Fuzz.of("tar stream", IOException.class)
                .with(tar(Said.CHANGELOG.getBytes(StandardCharsets.UTF_8)))
                .run(
                        bytes -> {
                            Tar tar = new Tar(new ByteArrayInputStream(bytes));
                            int entries = 0;
                            for (Optional<Tar.Entry> next = tar.next();
                                    next.isPresent();
                                    next = tar.next()) {
                                assertThat(next.get().size()).isNotNegative();
                                tar.content(1 << 20);
                                assertThat(++entries).isLessThanOrEqualTo(bytes.length / 512);
                            }
                        });
    }

    static byte[] packed(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] tar(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entry(
                out,
                "././@LongLink",
                'L',
                "./usr/share/doc/a/changelog.Debian.gz\0".getBytes(StandardCharsets.US_ASCII));
        entry(out, "./usr/share/doc/a/chan", '0', content);
        entry(out, "./usr/share/doc/b", '2', new byte[0]);
        entry(
                out,
                "./PaxHeaders/x",
                'x',
                "19 path=./etc/file\n".getBytes(StandardCharsets.US_ASCII));
        entry(out, "./etc/x", '0', new byte[600]);
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    private static void entry(ByteArrayOutputStream out, String name, char type, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 124, "%011o".formatted(content.length));
        header[156] = (byte) type;
        put(header, 157, type == '2' ? "../c" : "");
        put(header, 257, "ustar");
        out.writeBytes(header);
        out.writeBytes(content);
        out.writeBytes(new byte[(512 - content.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Test
    void plannedChangesNameOnlyWhatCanBeAnArgument() {
        Fuzz.of("package change", IllegalArgumentException.class)
                .with("bash amd64 5.2.15-2+b8 5.2.15-2+b13")
                .runText(
                        said -> {
                            String[] words = said.split(" ", 4);
                            if (words.length < 4) {
                                throw new IllegalArgumentException("not four words");
                            }
                            PackageChange change =
                                    new PackageChange(words[0], words[1], words[2], words[3]);
                            assertThat(change.name()).doesNotStartWith("-");
                            new InstalledPackage(words[0], words[1], words[2], "s", "1", "ii");
                        });
    }
}
